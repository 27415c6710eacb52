#include "mapping/loader.h"

#include "base/checksum.h"
#include "base/text.h"
#include "ingest/csv_reader.h"
#include "ingest/json_lines.h"
#include "ingest/message_reader.h"
#include "ingest/reject_file.h"
#include "mapping/batch_writer.h"
#include "mapping/first_scan.h"
#include "mapping/row_groups.h"
#include "mapping/row_mapper.h"
#include "model/limits.h"

#include <array>
#include <filesystem>
#include <utility>

namespace fineline::mapping {

namespace {

std::string hex(std::uint64_t number) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text(16, '0');
    for (std::size_t i = 0; i < text.size(); ++i) {
        text[text.size() - 1 - i] = digits[(number >> (4 * i)) & 15U];
    }
    return text;
}

std::string sequence_of(const Digest128& content, std::string_view meaning) {
    return hex(content.high) + hex(content.low) + "-" + hex(checksum(meaning));
}

bool is_named_json_lines(std::string_view name) {
    for (const std::string_view packed : {std::string_view(".gz"), std::string_view(".zst")}) {
        if (name.ends_with(packed)) {
            name.remove_suffix(packed.size());
        }
    }
    return name.ends_with(".jsonl") || name.ends_with(".ndjson");
}

std::string source_name(const std::string& file) {
    return file == "-" ? "standard input" : std::filesystem::path(file).filename().string();
}

/// Who the records of the input are from.
std::string source_of(const LoadRequest& request, bool json_lines) {
    if (!request.source.empty()) {
        return request.source;
    }
    return json_lines ? std::string(default_message_source) : source_name(request.file);
}

/// The reject of a group tells its first line, from its cells.
std::string joined(std::span<const std::string_view> cells) {
    std::string text;
    for (std::size_t i = 0; i < cells.size() && text.size() < limits::reject_text_bytes_max; ++i) {
        text += i > 0 ? "," : "";
        text += cells[i];
    }
    return text;
}

}  // namespace

struct Loader::State {
    LoadRequest request;
    bool json_lines = false;
    bool read_once = false;
    bool ran = false;
    std::string sequence;
    ScannedFile scanned;
    // Of CSV:
    std::unique_ptr<RowGroups> groups;  ///< null: each row stands for itself
    std::unique_ptr<RowMapper> mapper;
    // Open already for standard input, which can be read once only:
    std::unique_ptr<ingest::InputStream> input;
    std::unique_ptr<ingest::CsvReader> reader;

    [[nodiscard]] Status begin();
    [[nodiscard]] Status open_file(const LoadWatch& watch);
    [[nodiscard]] Status open_once();
    [[nodiscard]] Status open_reader();
    [[nodiscard]] Status compile();
    [[nodiscard]] Status reopen();
    [[nodiscard]] Status check_groups(const LoadWatch& watch) const;

    [[nodiscard]] MapperSettings mapper_settings() const {
        return {.zone = request.zone, .now = request.received_at};
    }
};

namespace {

/// One reading of the whole input into batches. One thread at a time.
class LoadPass {
  public:
    /// `header` says what all batches share.
    LoadPass(const LoadRequest& request, const Loader::Run& run, const BatchHeader& header)
        : request_(request),
          run_(run),
          writer_(header, run.after_row, run.sink),
          rejects_(
              request.rejects_directory,
              source_name(request.file),
              header.sequence.empty()
                  ? hex(static_cast<std::uint64_t>(request.received_at.time_since_epoch().count()))
                  : header.sequence) {}

    /// Maps each row by itself. Errors: of input and sink.
    [[nodiscard]] Status load_rows(ingest::InputStream& input,
                                   ingest::CsvReader& reader,
                                   RowMapper& mapper);

    /// Folds lines into groups and maps those.
    [[nodiscard]] Status load_groups(ingest::InputStream& input,
                                     ingest::CsvReader& reader,
                                     RowGroups& groups,
                                     RowMapper& mapper);

    [[nodiscard]] Status load_messages(ingest::InputStream& input);

    /// Completes the files and returns the report; `outcome` is what loading returned.
    [[nodiscard]] Result<LoadReport> finish(Status outcome);

  private:
    [[nodiscard]] Status reject(const ingest::Reject& reject);

    /// `raw` is the row as it was; empty for a group: its first line is told from the cells.
    [[nodiscard]] Status map_row(const RowMapper::Input& row,
                                 RowMapper& mapper,
                                 const ingest::RowPlace& place,
                                 std::string_view raw);
    [[nodiscard]] Status reject_flawed(const ingest::Flaw& flaw,
                                       const ingest::RowPlace& place,
                                       std::string_view text);

    /// Why the log must not hold the records, for the names in them; none where they may be taken.
    [[nodiscard]] std::optional<ingest::Flaw> flaw_in_names();
    [[nodiscard]] Status take_message(const ingest::JsonLine& line,
                                      ingest::MessageReader& messages);

    const LoadRequest& request_;
    const Loader::Run& run_;
    BatchWriter writer_;
    ingest::RejectFile rejects_;
    ingest::RowRecords records_;
    LoadReport report_;
};

Status LoadPass::reject(const ingest::Reject& reject) {
    report_.rejected.add(reject.reason);
    return request_.rejects_directory.empty() ? Status(done) : rejects_.write(reject);
}

Status LoadPass::reject_flawed(const ingest::Flaw& flaw,
                               const ingest::RowPlace& place,
                               std::string_view text) {
    return reject(ingest::make_reject(flaw.reason, place, flaw.message, text));
}

std::optional<ingest::Flaw> LoadPass::flaw_in_names() {
    return request_.names == nullptr ? std::nullopt
                                     : records_.flaw_in_names(*request_.names, writer_.batch());
}

/// Maps one row or group.
Status LoadPass::map_row(const RowMapper::Input& row,
                         RowMapper& mapper,
                         const ingest::RowPlace& place,
                         std::string_view raw) {
    std::optional<ingest::Flaw> flaw;
    switch (mapper.map(row, writer_.batch(), records_)) {
        case RowMapper::Outcome::flawed: flaw = mapper.flaw(); break;
        case RowMapper::Outcome::nothing: ++report_.skipped; return done;
        case RowMapper::Outcome::records: flaw = flaw_in_names(); break;
    }
    if (flaw) {
        return reject_flawed(*flaw, place, raw.empty() ? joined(row.cells) : std::string(raw));
    }
    auto handed_over = writer_.take(records_, row.number);
    if (!handed_over) {
        return handed_over.error();
    }
    if (*handed_over) {
        mapper.begin_batch();
    }
    return done;
}

Status LoadPass::load_rows(ingest::InputStream& input,
                           ingest::CsvReader& reader,
                           RowMapper& mapper) {
    WatchPulse pulse(run_.watch, input, LoadPhase::load);
    while (true) {
        auto outcome = reader.next();
        if (!outcome) {
            return outcome.error();
        }
        if (*outcome == ingest::CsvReader::Outcome::end) {
            return pulse.tell(report_.rows, report_.rejected.total());
        }
        ++report_.rows;
        const ingest::CsvRow& row = reader.row();
        Status taken = *outcome == ingest::CsvReader::Outcome::reject
                           ? reject(reader.reject())
                           : map_row({.cells = row.cells, .number = row.number},
                                     mapper,
                                     {.line = row.line, .byte_offset = row.byte_offset},
                                     row.raw);
        if (!taken) {
            return taken;
        }
        if (auto beat = pulse.beat(report_.rows, report_.rejected.total()); !beat) {
            return beat;
        }
    }
}

Status LoadPass::load_groups(ingest::InputStream& input,
                             ingest::CsvReader& reader,
                             RowGroups& groups,
                             RowMapper& mapper) {
    WatchPulse pulse(run_.watch, input, LoadPhase::load);
    std::uint64_t group_number = 0;
    const RowGroups::Sink take_group = [&](const GroupRow& group) {
        ++group_number;
        return map_row({.cells = group.cells, .computed = group.totals, .number = group_number},
                       mapper,
                       {.line = group.line, .byte_offset = group.byte_offset},
                       {});
    };
    while (true) {
        auto outcome = reader.next();
        if (!outcome) {
            return outcome.error();
        }
        if (*outcome == ingest::CsvReader::Outcome::end) {
            auto finished = groups.finish(take_group);
            return finished ? pulse.tell(report_.rows, report_.rejected.total()) : finished;
        }
        ++report_.rows;
        if (*outcome == ingest::CsvReader::Outcome::reject) {
            if (auto rejected = reject(reader.reject()); !rejected) {
                return rejected;
            }
            continue;
        }
        const ingest::CsvRow& row = reader.row();
        auto added = groups.add(row, take_group);
        if (!added) {
            return added.error();
        }
        report_.skipped += *added == RowGroups::Outcome::skipped ? 1U : 0U;
        if (*added == RowGroups::Outcome::flawed) {
            const ingest::RowPlace place{.line = row.line, .byte_offset = row.byte_offset};
            if (auto rejected = reject_flawed(groups.flaw(), place, row.raw); !rejected) {
                return rejected;
            }
        }
        if (auto beat = pulse.beat(report_.rows, report_.rejected.total()); !beat) {
            return beat;
        }
    }
}

Status LoadPass::take_message(const ingest::JsonLine& line, ingest::MessageReader& messages) {
    auto flaw = messages.read(line.value, {}, writer_.batch(), records_);
    if (!flaw) {
        return flaw.error();
    }
    if (!*flaw) {
        *flaw = flaw_in_names();
    }
    if (*flaw) {
        return reject_flawed(
            **flaw, {.line = line.line, .byte_offset = line.byte_offset}, line.raw);
    }
    if (records_.empty()) {
        ++report_.skipped;
        return done;
    }
    auto taken = writer_.take(records_, line.number);
    return taken ? Status(done) : Status(taken.error());
}

Status LoadPass::load_messages(ingest::InputStream& input) {
    auto reader = ingest::JsonLinesReader::open(input);
    if (!reader) {
        return reader.error();
    }
    ingest::MessageReader messages(
        {.alias_merges = request_.alias_merges, .is_joined = request_.is_joined});
    WatchPulse pulse(run_.watch, input, LoadPhase::load);
    while (true) {
        auto outcome = (*reader)->next();
        if (!outcome) {
            return outcome.error();
        }
        if (*outcome == ingest::JsonLinesReader::Outcome::end) {
            return pulse.tell(report_.rows, report_.rejected.total());
        }
        ++report_.rows;
        auto taken = *outcome == ingest::JsonLinesReader::Outcome::reject
                         ? reject((*reader)->reject())
                         : take_message((*reader)->line(), messages);
        if (!taken) {
            return taken;
        }
        if (auto beat = pulse.beat(report_.rows, report_.rejected.total()); !beat) {
            return beat;
        }
    }
}

Result<LoadReport> LoadPass::finish(Status outcome) {
    const bool cancelled = !outcome && outcome.error().code == ErrorCode::unavailable &&
                           run_.watch.cancelled && run_.watch.cancelled();
    if (!outcome && !cancelled) {
        return outcome.error();
    }
    if (auto finished = writer_.finish(); !finished) {
        return finished.error();
    }
    if (auto finished = rejects_.finish(); !finished) {
        return finished.error();
    }
    const ingest::RecordTally& tally = writer_.tally();
    for (std::size_t kind = 0; kind < tally.by_kind.size(); ++kind) {
        if (tally.by_kind[kind] > 0) {
            report_.records[static_cast<RecordKind>(kind)] = tally.by_kind[kind];
        }
    }
    report_.finished = !cancelled;
    report_.already = writer_.already();
    report_.rejects_file = rejects_.path();
    report_.first_time = tally.first_time;
    report_.last_time = tally.last_time;
    return report_;
}

}  // namespace

/// Runs the grouping without its records, so that a file whose lines lie too far apart fails before
/// anything of it was logged. A file that fits into memory as a whole cannot fail.
Status Loader::State::check_groups(const LoadWatch& watch) const {
    constexpr std::uint64_t line_overhead_bytes = 1024;
    if (!groups ||
        scanned.text_bytes + scanned.rows * line_overhead_bytes <= limits::group_bytes_max) {
        return done;
    }
    auto trial = RowGroups::compile(request.mapping, scanned.columns, mapper_settings());
    if (!trial) {
        return trial.error();
    }
    auto text = ingest::InputStream::open_file(request.file);
    if (!text) {
        return text.error();
    }
    auto lines = ingest::CsvReader::open(**text, csv_format(request.mapping));
    if (!lines) {
        return lines.error();
    }
    WatchPulse pulse(watch, **text, LoadPhase::check);
    const RowGroups::Sink drop = [](const GroupRow&) { return Status(done); };
    std::uint64_t rows = 0;
    while (true) {
        auto outcome = (*lines)->next();
        if (!outcome) {
            return outcome.error();
        }
        if (*outcome == ingest::CsvReader::Outcome::end) {
            return done;
        }
        ++rows;
        if (*outcome == ingest::CsvReader::Outcome::row) {
            if (auto added = (*trial)->add((*lines)->row(), drop); !added) {
                return added.error();
            }
        }
        if (auto beat = pulse.beat(rows, 0); !beat) {
            return beat;
        }
    }
}

/// Finds out what kind of input it is.
Status Loader::State::begin() {
    auto opened = ingest::InputStream::open_file(request.file);
    if (!opened) {
        return opened.error();
    }
    input = std::move(*opened);
    read_once = !input->bytes_total();
    json_lines = request.kind == InputKind::json_lines;
    if (request.kind == InputKind::detected) {
        constexpr std::size_t start_bytes = 64;
        const auto start = input->peek(start_bytes);
        if (!start) {
            return start.error();
        }
        const std::size_t first = start->find_first_not_of(" \t\r\n\xef\xbb\xbf");
        const bool is_object = first != std::string_view::npos && (*start)[first] == '{';
        json_lines = is_object || is_named_json_lines(request.file);
    }
    return done;
}

Status Loader::State::open_file(const LoadWatch& watch) {
    auto scan = json_lines ? scan_bytes(request.file, watch)
                           : scan_csv(request.file, request.mapping, watch);
    if (!scan) {
        return scan.error();
    }
    scanned = std::move(*scan);
    std::string messages = request.alias_merges ? "messages, alias merges" : "messages";
    if (!request.source.empty()) {
        // The same ids of another source are other messages.
        messages += ", source " + request.source;
    }
    sequence = sequence_of(scanned.digest, json_lines ? messages : to_yaml(request.mapping));
    return done;
}

/// Standard input cannot be scanned first: columns are strings unless the mapping names their
/// types.
Status Loader::State::open_once() {
    if (json_lines) {
        return done;
    }
    if (auto opened = open_reader(); !opened) {
        return opened;
    }
    for (const std::string& name : reader->columns()) {
        scanned.columns.push_back({.name = name});
    }
    return declare_types(request.mapping, scanned.columns);
}

/// Compiles the mapping over the columns.
Status Loader::State::compile() {
    const Mapping* mapping = &request.mapping;
    std::span<const std::string> computed;
    if (!mapping->one_event_per.empty()) {
        auto folded = RowGroups::compile(*mapping, scanned.columns, mapper_settings());
        if (!folded) {
            return folded.error();
        }
        groups = std::move(*folded);
        mapping = &groups->group_mapping();
        computed = groups->total_columns();
    }
    auto compiled = RowMapper::compile(*mapping, scanned.columns, computed, mapper_settings());
    if (!compiled) {
        return compiled.error();
    }
    mapper = std::move(*compiled);
    return done;
}

/// Reads rows from the open input.
Status Loader::State::open_reader() {
    auto csv = ingest::CsvReader::open(*input, csv_format(request.mapping));
    if (!csv) {
        return csv.error();
    }
    reader = std::move(*csv);
    return done;
}

/// Opens the file for the second reading.
Status Loader::State::reopen() {
    if (read_once) {
        return done;
    }
    auto text = ingest::InputStream::open_file(request.file);
    if (!text) {
        return text.error();
    }
    input = std::move(*text);
    return json_lines ? Status(done) : open_reader();
}

Loader::Loader(std::unique_ptr<State> state) : state_(std::move(state)) {}

Loader::~Loader() = default;

Result<std::unique_ptr<Loader>> Loader::open(LoadRequest request, const LoadWatch& watch) {
    auto state = std::make_unique<State>();
    state->request = std::move(request);
    Status opened = state->begin();
    if (opened) {
        opened = state->read_once ? state->open_once() : state->open_file(watch);
    }
    if (opened && !state->json_lines) {
        opened = state->compile();
    }
    if (!opened) {
        return opened.error();
    }
    return std::unique_ptr<Loader>(new Loader(std::move(state)));
}

std::string Loader::sequence(std::uint32_t occurrence) const {
    if (occurrence == 0 || state_->sequence.empty()) {
        return state_->sequence;
    }
    return state_->sequence + "-" + std::to_string(occurrence);
}

const std::vector<ingest::Column>& Loader::columns() const {
    return state_->scanned.columns;
}

bool Loader::reads_messages() const {
    return state_->json_lines;
}

Result<LoadReport> Loader::run(const Run& run) {
    State& state = *state_;
    require(!state.ran, "a loader runs once");
    state.ran = true;
    LoadPass pass(state.request,
                  run,
                  {.source = source_of(state.request, state.json_lines),
                   .received_at = state.request.received_at,
                   .sequence = sequence(run.occurrence),
                   .first_row = 0,
                   .last_row = 0});
    Status loaded = state.check_groups(run.watch);
    if (loaded) {
        loaded = state.reopen();
    }
    if (loaded) {
        loaded = state.json_lines ? pass.load_messages(*state.input)
                 : state.groups
                     ? pass.load_groups(*state.input, *state.reader, *state.groups, *state.mapper)
                     : pass.load_rows(*state.input, *state.reader, *state.mapper);
    }
    if (loaded && !state.read_once && state.input->digest() != state.scanned.digest) {
        return Error{
            ErrorCode::conflict,
            state.request.file +
                " changed while it was being loaded: part of it is in the log; load it again "
                "when nobody writes to it",
            {}};
    }
    return pass.finish(std::move(loaded));
}

}  // namespace fineline::mapping
