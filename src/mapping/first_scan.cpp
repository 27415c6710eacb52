#include "mapping/first_scan.h"

#include "base/text.h"
#include "expr/parse.h"
#include "mapping/time_reader.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <variant>

namespace fineline::mapping {

namespace {

constexpr std::uint64_t pulse_bytes = 1024 * 1024;

/// Returns the column that an expression is nothing but the name of.
std::optional<std::size_t> plain_column(const MappingText& text,
                                        const std::vector<std::string>& columns) {
    auto parsed = expr::parse(text.text);
    if (text.empty() || !parsed) {
        return std::nullopt;
    }
    const auto* name = std::get_if<expr::Name>(&parsed->root.kind);
    if (name == nullptr || name->scope != expr::NameScope::bare) {
        return std::nullopt;
    }
    const auto found = std::find(columns.begin(), columns.end(), name->path);
    return found == columns.end()
               ? std::nullopt
               : std::optional(static_cast<std::size_t>(found - columns.begin()));
}

/// Tells rows that will be rejected from others before the types are known. One thread at a time.
class RejectForesight {
  public:
    static Result<RejectForesight> make(const Mapping& mapping,
                                        const std::vector<std::string>& columns) {
        // The zone decides which instant is meant, never whether a text is a time.
        auto times = TimeReader::make(mapping.time_format, TimeZone());
        if (!times) {
            return Error{times.error().code, mapping.file + ": " + times.error().message, {}};
        }
        RejectForesight foresight(std::move(*times));
        if (mapping.skip.empty()) {
            foresight.customer_ = plain_column(mapping.customer, columns);
        }
        foresight.time_ = plain_column(mapping.time, columns);
        return foresight;
    }

    [[nodiscard]] bool will_be_rejected(std::span<const std::string_view> cells) {
        return (customer_ && cells[*customer_].empty()) || (time_ && !times_.read(cells[*time_]));
    }

  private:
    explicit RejectForesight(TimeReader times) : times_(std::move(times)) {}

    TimeReader times_;
    std::optional<std::size_t> customer_;
    std::optional<std::size_t> time_;
};

}  // namespace

Status WatchPulse::tell(std::uint64_t rows, std::uint64_t rejected) {
    next_ = input_.text_bytes() + pulse_bytes;
    if (watch_.progress) {
        watch_.progress({.phase = phase_,
                         .bytes_done = input_.bytes_done(),
                         .bytes_total = input_.bytes_total(),
                         .rows = rows,
                         .rejected = rejected});
    }
    if (watch_.cancelled && watch_.cancelled()) {
        return Error{ErrorCode::unavailable, "cancelled", {}};
    }
    return done;
}

ingest::CsvFormat csv_format(const Mapping& mapping) {
    return {.delimiter = mapping.format.delimiter, .header = mapping.format.header};
}

Status declare_types(const Mapping& mapping, std::vector<ingest::Column>& columns) {
    for (const auto& [name, type] : mapping.types) {
        const auto found =
            std::find_if(columns.begin(), columns.end(), [&wanted = name](const auto& column) {
                return column.name == wanted;
            });
        if (found == columns.end()) {
            std::vector<std::string_view> names;
            for (const ingest::Column& column : columns) {
                names.push_back(column.name);
            }
            const std::string_view close = nearest(name, names);
            return Error{ErrorCode::invalid_argument,
                         mapping.file + ": 'types' names a column that the file does not have: '" +
                             name + "'" +
                             (close.empty() ? "" : ": did you mean '" + std::string(close) + "'?"),
                         {}};
        }
        found->type = type;
        found->declared = true;
    }
    return done;
}

Result<ScannedFile> scan_csv(const std::string& file,
                             const Mapping& mapping,
                             const LoadWatch& watch) {
    auto input = ingest::InputStream::open_file(file);
    if (!input) {
        return input.error();
    }
    auto reader = ingest::CsvReader::open(**input, csv_format(mapping));
    if (!reader) {
        return reader.error();
    }
    auto foresight = RejectForesight::make(mapping, (*reader)->columns());
    if (!foresight) {
        return foresight.error();
    }
    ingest::TypeInference types((*reader)->columns());
    WatchPulse pulse(watch, **input, LoadPhase::scan);
    ScannedFile scanned;
    std::uint64_t rejected = 0;
    while (true) {
        auto outcome = (*reader)->next();
        if (!outcome) {
            return outcome.error();
        }
        if (*outcome == ingest::CsvReader::Outcome::end) {
            break;
        }
        ++scanned.rows;
        if (auto beat = pulse.beat(scanned.rows, rejected); !beat) {
            return beat.error();
        }
        const ingest::CsvRow& row = (*reader)->row();
        if (*outcome == ingest::CsvReader::Outcome::reject) {
            ++rejected;
        } else if (types.learns_from(row.cells) && !foresight->will_be_rejected(row.cells)) {
            types.add(row.cells, row.line);
        }
    }
    scanned.columns = types.finish();
    if (auto declared = declare_types(mapping, scanned.columns); !declared) {
        return declared.error();
    }
    scanned.digest = (*input)->digest();
    scanned.text_bytes = (*input)->text_bytes();
    return scanned;
}

Result<ScannedFile> scan_bytes(const std::string& file, const LoadWatch& watch) {
    auto input = ingest::InputStream::open_file(file);
    if (!input) {
        return input.error();
    }
    WatchPulse pulse(watch, **input, LoadPhase::scan);
    std::vector<char> buffer(pulse_bytes);
    while (true) {
        auto taken = (*input)->read(buffer);
        if (!taken) {
            return taken.error();
        }
        if (auto beat = pulse.beat(0, 0); !beat) {
            return beat.error();
        }
        if (*taken == 0) {
            return ScannedFile{.digest = (*input)->digest(), .text_bytes = (*input)->text_bytes()};
        }
    }
}

}  // namespace fineline::mapping
