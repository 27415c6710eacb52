#pragma once

#include "base/checksum.h"
#include "base/result.h"
#include "ingest/csv_reader.h"
#include "ingest/record_check.h"
#include "mapping/line_totals.h"
#include "mapping/row_mapper.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace fineline::mapping {

/// The lines of one group as one row: the cells of its first line, and the totals over all of them.
struct GroupRow {
    std::span<const std::string_view> cells{};
    std::span<const Datum> totals{};
    std::uint64_t line = 0;         ///< of the first line
    std::uint64_t byte_offset = 0;  ///< of the first line
    std::uint64_t lines = 0;        ///< how many the group has
};

/// Folds lines into groups (`one event per`): lines of one customer with equal cells in the named
/// columns. Groups come out in the order of their first lines, whatever the sizes; all are held
/// until the end of the file or until they fill limits::group_bytes_max, when the oldest goes
/// first. A line of a group that has gone is an error that suggests sorting. So for one file and
/// mapping the same groups come in the same order, always. One thread at a time.
class RowGroups {
  public:
    using Sink = std::function<Status(const GroupRow&)>;

    /// Compiles the part of the mapping that is evaluated on each line: skip, customer, the
    /// arguments of totals. Errors: invalid_argument with the place in the mapping file.
    [[nodiscard]] static Result<std::unique_ptr<RowGroups>> compile(
        const Mapping& mapping,
        std::span<const ingest::Column> columns,
        const MapperSettings& settings);

    /// The mapping that the groups' rows are for: `skip` is done with, totals are columns.
    [[nodiscard]] const Mapping& group_mapping() const { return group_mapping_; }

    /// The computed columns of the groups' rows.
    [[nodiscard]] const std::vector<std::string>& total_columns() const { return total_columns_; }

    enum class Outcome : std::uint8_t { taken, skipped, flawed };

    /// Adds a line, perhaps handing older groups to the sink. Errors: of the sink; limit_exceeded.
    [[nodiscard]] Result<Outcome> add(const ingest::CsvRow& line, const Sink& sink);

    [[nodiscard]] const ingest::Flaw& flaw() const { return *flaw_; }

    /// Hands the remaining groups to the sink.
    [[nodiscard]] Status finish(const Sink& sink);

  private:
    struct Total {
        LineFunction function = LineFunction::count;
        RowExpression argument{};
    };

    struct Group {
        std::string key;
        std::string text;               ///< the first line's cells, one after the other
        std::vector<std::size_t> ends;  ///< of the cells in it
        std::vector<TotalState> totals;
        std::uint64_t line = 0;
        std::uint64_t byte_offset = 0;
        std::uint64_t lines = 0;
        std::size_t bytes = 0;
    };

    struct HashDigest {
        std::size_t operator()(const Digest128& digest) const { return digest.low; }
    };

    RowGroups(const Mapping& mapping,
              std::span<const ingest::Column> columns,
              std::vector<std::string> names,
              TimeReader times,
              Instant now);

    [[nodiscard]] Status compile_mapping(const Mapping& mapping);
    [[nodiscard]] Status extract(MappingText& text, std::vector<LineTotal>& totals);
    [[nodiscard]] Status extract(FieldRules& fields, std::vector<LineTotal>& totals);
    [[nodiscard]] bool load(const ingest::CsvRow& line);
    void make_key(const ingest::CsvRow& line);
    [[nodiscard]] Result<Group*> group_of(const ingest::CsvRow& line);
    [[nodiscard]] bool add_totals(Group& group);
    [[nodiscard]] Status close_oldest(const Sink& sink);

    std::vector<ingest::Column> columns_;
    ColumnNames names_;
    RowContext row_;
    TimeReader times_;
    Mapping group_mapping_;
    std::vector<std::string> total_columns_;
    RowExpression skip_;
    RowExpression customer_;
    std::vector<Total> totals_;
    std::vector<std::uint32_t> key_columns_;
    std::vector<std::uint32_t> typed_columns_;

    std::deque<Group> open_;          ///< by first line
    std::uint64_t closed_count_ = 0;  ///< open_[i] is the group number closed_count_ + i
    std::unordered_map<std::string, std::uint64_t> numbers_;  ///< of open groups, by key
    std::unordered_set<Digest128, HashDigest> closed_;
    std::size_t bytes_ = 0;
    std::string key_;
    std::optional<ingest::Flaw> flaw_;
};

}  // namespace fineline::mapping
