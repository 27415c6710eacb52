#include "mapping/row_groups.h"

#include "base/bytes.h"
#include "base/text.h"
#include "model/limits.h"

#include <algorithm>
#include <utility>

namespace fineline::mapping {

namespace {

/// What a group costs beside its texts: keys, vectors, map nodes.
constexpr std::size_t group_overhead_bytes = 256;

std::vector<std::string> names_of(std::span<const ingest::Column> columns) {
    std::vector<std::string> names;
    for (const ingest::Column& column : columns) {
        names.push_back(column.name);
    }
    return names;
}

}  // namespace

RowGroups::RowGroups(const Mapping& mapping,
                     std::span<const ingest::Column> columns,
                     std::vector<std::string> names,
                     TimeReader times,
                     Instant now)
    : columns_(columns.begin(), columns.end()),
      names_(std::move(names)),
      row_(names_.size(), times.zone(), now),
      times_(std::move(times)),
      group_mapping_(mapping) {}

Result<std::unique_ptr<RowGroups>> RowGroups::compile(const Mapping& mapping,
                                                      std::span<const ingest::Column> columns,
                                                      const MapperSettings& settings) {
    auto times = time_reader_of(mapping, settings);
    if (!times) {
        return times.error();
    }
    std::unique_ptr<RowGroups> groups(
        new RowGroups(mapping, columns, names_of(columns), std::move(*times), settings.now));
    if (auto compiled = groups->compile_mapping(mapping); !compiled) {
        return compiled.error();
    }
    return groups;
}

Status RowGroups::extract(MappingText& text, std::vector<LineTotal>& totals) {
    auto rewritten = extract_totals(text, group_mapping_.file, totals);
    if (!rewritten) {
        return rewritten.error();
    }
    text = std::move(*rewritten);
    return done;
}

Status RowGroups::extract(FieldRules& fields, std::vector<LineTotal>& totals) {
    for (NamedText& field : fields.named) {
        if (auto extracted = extract(field.value, totals); !extracted) {
            return extracted;
        }
    }
    return done;
}

Status RowGroups::compile_mapping(const Mapping& mapping) {
    std::vector<LineTotal> totals;
    group_mapping_.skip = {};
    for (EventRule& event : group_mapping_.events) {
        for (auto status : {extract(event.name, totals),
                            extract(event.when, totals),
                            extract(event.time, totals),
                            extract(event.properties, totals)}) {
            if (!status) {
                return status;
            }
        }
    }
    if (auto extracted = extract(group_mapping_.traits, totals); !extracted) {
        return extracted;
    }
    std::vector<bool> typed(names_.size(), false);
    const auto compile = [&](RowExpression& into, const MappingText& text, bool as_text) -> Status {
        if (text.empty()) {
            return done;
        }
        auto compiled = RowExpression::compile(text, names_, mapping.file);
        if (!compiled) {
            return compiled.error();
        }
        into = std::move(*compiled);
        for (const std::uint32_t column : into.reads()) {
            typed[column] = typed[column] || !(as_text && into.column());
        }
        return done;
    };
    for (auto status :
         {compile(skip_, mapping.skip, false), compile(customer_, mapping.customer, true)}) {
        if (!status) {
            return status;
        }
    }
    for (const LineTotal& total : totals) {
        Total& compiled = totals_.emplace_back(Total{.function = total.function});
        total_columns_.push_back(total.column);
        if (auto status = compile(compiled.argument, total.argument, false); !status) {
            return status;
        }
    }
    for (const std::string& column : mapping.one_event_per) {
        const auto found = names_.find(column);
        if (!found) {
            return Error{ErrorCode::invalid_argument,
                         mapping.file +
                             ": 'one event per' names a column that the file does not have: '" +
                             column + "'",
                         {}};
        }
        key_columns_.push_back(*found);
    }
    for (std::uint32_t column = 0; column < columns_.size(); ++column) {
        if (typed[column]) {
            typed_columns_.push_back(column);
        }
    }
    return done;
}

bool RowGroups::load(const ingest::CsvRow& line) {
    row_.clear_texts();
    std::copy(line.cells.begin(), line.cells.end(), row_.cells.begin());
    for (const std::uint32_t column : typed_columns_) {
        CellValue cell = cell_value(line.cells[column], columns_[column], times_);
        if (cell.flaw) {
            flaw_ = std::move(cell.flaw);
            return false;
        }
        row_.values.set(column, cell.value);
    }
    return true;
}

/// Customer and key cells, each with its length, so that no two keys run into each other.
void RowGroups::make_key(const ingest::CsvRow& line) {
    key_.clear();
    ByteWriter writer(key_);
    writer.text(customer_.text(row_));
    for (const std::uint32_t column : key_columns_) {
        writer.text(line.cells[column]);
    }
}

Result<RowGroups::Outcome> RowGroups::add(const ingest::CsvRow& line, const Sink& sink) {
    if (!load(line)) {
        return Outcome::flawed;
    }
    if (!skip_.empty() && skip_.is_true(row_)) {
        return Outcome::skipped;
    }
    if (customer_.text(row_).empty()) {
        flaw_ = ingest::Flaw{ingest::RejectReason::missing_customer, "the row names no customer"};
        return Outcome::flawed;
    }
    make_key(line);
    auto group = group_of(line);
    if (!group) {
        return group.error();
    }
    if (!add_totals(**group)) {
        return Outcome::flawed;
    }
    while (bytes_ > limits::group_bytes_max && open_.size() > 1) {
        if (closed_.size() >= limits::groups_closed_max) {
            return Error{ErrorCode::limit_exceeded,
                         "the file has more than " + with_commas(limits::groups_closed_max) +
                             " groups: load it in parts",
                         {}};
        }
        closed_.insert(digest128(open_.front().key));
        if (auto closed = close_oldest(sink); !closed) {
            return closed.error();
        }
    }
    return Outcome::taken;
}

/// Finds the line's group, or opens it with this line.
Result<RowGroups::Group*> RowGroups::group_of(const ingest::CsvRow& line) {
    const auto [place, added] = numbers_.try_emplace(key_, closed_count_ + open_.size());
    if (!added) {
        return &open_[place->second - closed_count_];
    }
    if (!closed_.empty() && closed_.contains(digest128(key_))) {
        return Error{ErrorCode::limit_exceeded,
                     "the lines of one group lie too far apart, more than " +
                         with_commas(limits::group_bytes_max / (1024 * 1024)) +
                         " MB of others between them: sort the file by the columns of 'one event "
                         "per'; line " +
                         std::to_string(line.line),
                     {}};
    }
    Group& group = open_.emplace_back();
    group.key = key_;
    group.line = line.line;
    group.byte_offset = line.byte_offset;
    group.totals.resize(totals_.size());
    for (const std::string_view cell : line.cells) {
        group.text += cell;
        group.ends.push_back(group.text.size());
    }
    group.bytes = group_overhead_bytes + 2 * key_.size() + group.text.size() +
                  group.ends.size() * sizeof(std::size_t) + totals_.size() * sizeof(TotalState);
    bytes_ += group.bytes;
    return &group;
}

bool RowGroups::add_totals(Group& group) {
    ++group.lines;
    std::size_t before = 0;
    std::size_t after = 0;
    for (std::size_t i = 0; i < totals_.size(); ++i) {
        const Total& total = totals_[i];
        TotalState& state = group.totals[i];
        before += state.bytes();
        state.add(total.function,
                  total.argument.empty() ? Datum::of(true) : total.argument.value(row_));
        after += state.bytes();
        if (state.too_long()) {
            flaw_ = ingest::Flaw{ingest::RejectReason::value_too_long,
                                 "the group has more lines than a list may hold: " +
                                     with_commas(limits::list_elements_max)};
            return false;
        }
    }
    group.bytes = group.bytes + after - before;
    bytes_ = bytes_ + after - before;
    return true;
}

Status RowGroups::close_oldest(const Sink& sink) {
    Group& group = open_.front();
    std::vector<std::string_view> cells;
    std::size_t begin = 0;
    for (const std::size_t end : group.ends) {
        cells.push_back(std::string_view(group.text).substr(begin, end - begin));
        begin = end;
    }
    std::vector<Datum> totals;
    for (std::size_t i = 0; i < totals_.size(); ++i) {
        totals.push_back(group.totals[i].result(totals_[i].function));
    }
    const GroupRow row{.cells = cells,
                       .totals = totals,
                       .line = group.line,
                       .byte_offset = group.byte_offset,
                       .lines = group.lines};
    if (auto taken = sink(row); !taken) {
        return taken;
    }
    bytes_ -= group.bytes;
    numbers_.erase(group.key);
    open_.pop_front();
    ++closed_count_;
    return done;
}

Status RowGroups::finish(const Sink& sink) {
    while (!open_.empty()) {
        if (auto closed = close_oldest(sink); !closed) {
            return closed;
        }
    }
    return done;
}

}  // namespace fineline::mapping
