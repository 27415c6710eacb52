#pragma once

#include "base/result.h"
#include "ingest/csv_types.h"
#include "ingest/record_check.h"
#include "mapping/mapping.h"
#include "mapping/row_expression.h"
#include "mapping/time_reader.h"
#include "model/record_batch.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace fineline::mapping {

/// The name under which expressions may read a row's number, unless a column is called so.
inline constexpr std::string_view row_number_column = "row_number";

/// What mapping needs to know besides the mapping.
struct MapperSettings {
    TimeZone zone{};  ///< the workspace's; the mapping's own goes first
    Instant now{};    ///< what `now` means in expressions
};

/// Returns what reads a mapping's times: those without an offset in its zone, else the workspace's.
/// Errors: not_found (the zone), invalid_argument (the format), naming the mapping's file.
[[nodiscard]] Result<TimeReader> time_reader_of(const Mapping& mapping,
                                                const MapperSettings& settings);

/// Turns one cell into the value its column's type asks for; an empty cell is missing. Returns the
/// flaw of a cell that is none, in `flaw`'s place.
struct CellValue {
    Datum value{};
    std::optional<ingest::Flaw> flaw{};
};

[[nodiscard]] CellValue cell_value(std::string_view cell,
                                   const ingest::Column& column,
                                   TimeReader& times);

/// Reads yes or no in the spellings of exports: true/false, yes/no, y/n, t/f, 1/0, in any case.
[[nodiscard]] std::optional<bool> parse_boolean(std::string_view text);

/// Turns rows into records by a mapping. One thread at a time.
class RowMapper {
  public:
    /// Compiles the mapping over an input's columns, followed by `computed` ones whose values come
    /// with each row. Errors: invalid_argument with the place in the mapping file.
    [[nodiscard]] static Result<std::unique_ptr<RowMapper>> compile(
        const Mapping& mapping,
        std::span<const ingest::Column> columns,
        std::span<const std::string> computed,
        const MapperSettings& settings);

    struct Input {
        std::span<const std::string_view> cells{};
        std::span<const Datum> computed{};
        std::uint64_t number = 0;
    };

    enum class Outcome : std::uint8_t {
        records,  ///< the row was wanted (its records may repeat the last row's, and are then none)
        nothing,  ///< skipped, or wanted by no rule
        flawed,
    };

    /// Fills `records` (cleared first), interning names in `batch`. What they view lives until the
    /// next call, the cells included. A record other than an event that says exactly what the same
    /// rule said for the row before is left out: it would change nothing.
    [[nodiscard]] Outcome map(const Input& input,
                              RecordBatchBuilder& batch,
                              ingest::RowRecords& records);

    /// What was wrong, after `flawed`.
    [[nodiscard]] const ingest::Flaw& flaw() const { return *flaw_; }

    /// Must be called when another batch begins: names are interned anew.
    void begin_batch() { ++batch_number_; }

  private:
    struct Field {
        std::string name;
        RowExpression value;
        BatchName id{};
    };

    /// One kind of record that a row may yield.
    struct Rule {
        RecordKind kind = RecordKind::event;
        RowExpression when{};
        RowExpression time{};
        RowExpression name{};  ///< event name, purpose
        RowExpression text{};  ///< account, other identity, source
        std::vector<Field> fields{};
        std::uint64_t names_of_batch = 0;
        std::string last_name{};
        BatchName last_name_id{};
        std::string last_said{};  ///< what was committed last, encoded
        std::string now_said{};
    };

    RowMapper(const Mapping& mapping,
              std::span<const ingest::Column> columns,
              std::vector<std::string> names,
              TimeReader times,
              const MapperSettings& settings);

    [[nodiscard]] Status compile_rules(const Mapping& mapping);
    [[nodiscard]] Status compile_people(const Mapping& mapping);
    [[nodiscard]] Status compile_into(
        RowExpression& into,
        const MappingText& text,
        RowExpression::UnknownName unknown = RowExpression::UnknownName::refused);
    [[nodiscard]] Status compile_fields(Rule& rule, const FieldRules& fields);
    [[nodiscard]] Status compile_rule(Rule& rule, const MappingText& when, const MappingText& time);
    void add_rest_fields();
    void find_typed_columns();

    [[nodiscard]] bool load(const Input& input);
    [[nodiscard]] bool apply(Rule& rule, RecordBatchBuilder& batch, ingest::RowRecords& records);
    [[nodiscard]] bool take_time(const Rule& rule, RecordDraft& draft);
    [[nodiscard]] bool take_name(Rule& rule, RecordBatchBuilder& batch, RecordDraft& draft);
    [[nodiscard]] bool take_fields(Rule& rule);
    void intern_fields(Rule& rule, RecordBatchBuilder& batch) const;
    [[nodiscard]] bool repeats(Rule& rule, const RecordDraft& draft) const;
    bool fail(ingest::RejectReason reason, std::string message);

    std::vector<ingest::Column> columns_;
    ColumnNames names_;
    RowContext row_;
    TimeReader times_;
    std::string file_;
    bool sparse_ = false;
    RowExpression skip_;
    RowExpression customer_;
    RowExpression time_;
    std::vector<Rule> rules_;
    std::vector<std::size_t> rest_rules_;       ///< rules that take all columns nothing else reads
    std::vector<bool> read_;                    ///< by name: read by some expression
    std::vector<std::uint32_t> typed_columns_;  ///< those whose cells are turned into values
    std::optional<std::uint32_t> row_number_;
    std::string row_number_text_;
    std::string_view customer_id_;
    bool matched_ = false;
    std::vector<NamedDatum> properties_;
    std::optional<ingest::Flaw> flaw_;
    std::uint64_t batch_number_ = 1;
};

}  // namespace fineline::mapping
