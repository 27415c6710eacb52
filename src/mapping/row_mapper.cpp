#include "mapping/row_mapper.h"

#include "base/bytes.h"
#include "base/require.h"
#include "base/text.h"
#include "model/limits.h"
#include "model/value_encoding.h"

#include <algorithm>
#include <array>
#include <utility>

namespace fineline::mapping {

namespace {

using ingest::Column;
using ingest::ColumnType;
using ingest::Flaw;
using ingest::RejectReason;

/// All names that expressions may use: the file's columns, the computed ones, and the row's number.
std::vector<std::string> all_names(std::span<const Column> columns,
                                   std::span<const std::string> computed) {
    std::vector<std::string> names;
    for (const Column& column : columns) {
        names.push_back(column.name);
    }
    names.insert(names.end(), computed.begin(), computed.end());
    if (std::find(names.begin(), names.end(), row_number_column) == names.end()) {
        names.emplace_back(row_number_column);
    }
    return names;
}

MappingText column_text(const std::string& name) {
    return {.text = "`" + name + "`"};
}

bool repeatable(RecordKind kind) {
    return kind != RecordKind::event;
}

bool tells_traits(RecordKind kind) {
    return kind == RecordKind::traits || kind == RecordKind::account_traits;
}

std::optional<bool> boolean_of(const Datum& value) {
    switch (value.kind()) {
        case ValueKind::boolean: return value.boolean();
        case ValueKind::string: return parse_boolean(value.string());
        case ValueKind::number: return parse_boolean(number_text(value.number()));
        case ValueKind::missing:
        case ValueKind::timestamp:
        case ValueKind::duration:
        case ValueKind::list:
        case ValueKind::withheld: return std::nullopt;
    }
    return std::nullopt;
}

}  // namespace

Result<TimeReader> time_reader_of(const Mapping& mapping, const MapperSettings& settings) {
    auto zone = mapping.time_zone.empty() ? Result<TimeZone>(settings.zone)
                                          : TimeZone::find(mapping.time_zone);
    if (!zone) {
        return zone.error();
    }
    auto times = TimeReader::make(mapping.time_format, *zone);
    if (!times) {
        return Error{times.error().code, mapping.file + ": " + times.error().message, {}};
    }
    return times;
}

std::optional<bool> parse_boolean(std::string_view text) {
    constexpr std::array<std::string_view, 5> yes{"true", "yes", "y", "t", "1"};
    constexpr std::array<std::string_view, 5> no{"false", "no", "n", "f", "0"};
    const std::string word = lower_case(text.substr(0, 8));
    if (std::find(yes.begin(), yes.end(), word) != yes.end()) {
        return true;
    }
    return std::find(no.begin(), no.end(), word) != no.end() ? std::optional(false) : std::nullopt;
}

CellValue cell_value(std::string_view cell, const Column& column, TimeReader& times) {
    if (cell.empty()) {
        return {};
    }
    switch (column.type) {
        case ColumnType::string: return {.value = Datum::of(cell)};
        case ColumnType::number: {
            double number = 0;
            if (parse_number(cell, number)) {
                return {.value = Datum::of(number)};
            }
            return {.flaw = Flaw{RejectReason::bad_number,
                                 "'" + column.name + "' is a column of numbers and this is none: " +
                                     in_quotes(cell)}};
        }
        case ColumnType::boolean: {
            if (const auto boolean = parse_boolean(cell)) {
                return {.value = Datum::of(*boolean)};
            }
            return {.flaw =
                        Flaw{RejectReason::bad_boolean,
                             "'" + column.name + "' must be true or false: " + in_quotes(cell)}};
        }
        case ColumnType::timestamp: {
            if (const auto time = times.read(cell)) {
                return {.value = Datum::of(*time)};
            }
            return {.flaw = Flaw{RejectReason::bad_time,
                                 "'" + column.name + "' is no time: " + in_quotes(cell)}};
        }
    }
    return {};
}

RowMapper::RowMapper(const Mapping& mapping,
                     std::span<const Column> columns,
                     std::vector<std::string> names,
                     TimeReader times,
                     const MapperSettings& settings)
    : columns_(columns.begin(), columns.end()),
      names_(std::move(names)),
      row_(names_.size(), times.zone(), settings.now),
      times_(std::move(times)),
      file_(mapping.file),
      sparse_(mapping.sparse),
      read_(names_.size(), false) {}

Result<std::unique_ptr<RowMapper>> RowMapper::compile(const Mapping& mapping,
                                                      std::span<const Column> columns,
                                                      std::span<const std::string> computed,
                                                      const MapperSettings& settings) {
    auto times = time_reader_of(mapping, settings);
    if (!times) {
        return times.error();
    }
    std::unique_ptr<RowMapper> mapper(
        new RowMapper(mapping, columns, all_names(columns, computed), std::move(*times), settings));
    if (mapper->names_.size() > columns.size() + computed.size()) {
        mapper->row_number_ = static_cast<std::uint32_t>(mapper->names_.size() - 1);
    }
    if (auto compiled = mapper->compile_rules(mapping); !compiled) {
        return compiled.error();
    }
    mapper->add_rest_fields();
    mapper->find_typed_columns();
    return mapper;
}

Status RowMapper::compile_into(RowExpression& into,
                               const MappingText& text,
                               RowExpression::UnknownName unknown) {
    if (text.empty() || (text.optional && !names_.find(text.text))) {
        return done;
    }
    auto compiled = RowExpression::compile(text, names_, file_, unknown);
    if (!compiled) {
        return compiled.error();
    }
    into = std::move(*compiled);
    for (const std::uint32_t column : into.reads()) {
        read_[column] = true;
    }
    return done;
}

/// The conditions and time every rule may have; without a time of its own it takes the mapping's.
Status RowMapper::compile_rule(Rule& rule, const MappingText& when, const MappingText& time) {
    if (auto compiled = compile_into(rule.when, when); !compiled) {
        return compiled;
    }
    if (time.empty()) {
        rule.time = time_;
        return done;
    }
    return compile_into(rule.time, time);
}

Status RowMapper::compile_fields(Rule& rule, const FieldRules& fields) {
    if (fields.rest) {
        rest_rules_.push_back(static_cast<std::size_t>(&rule - rules_.data()));
    }
    for (const NamedText& named : fields.named) {
        if (auto flaw = ingest::flaw_in_name(named.name, "a field")) {
            return Error{ErrorCode::invalid_argument, file_ + ": " + flaw->message, {}};
        }
        Field field{.name = named.name, .value = {}};
        if (auto compiled = compile_into(field.value, named.value); !compiled) {
            return compiled;
        }
        rule.fields.push_back(std::move(field));
    }
    return done;
}

Status RowMapper::compile_rules(const Mapping& mapping) {
    for (auto status : {compile_into(skip_, mapping.skip),
                        compile_into(customer_, mapping.customer),
                        compile_into(time_, mapping.time)}) {
        if (!status) {
            return status;
        }
    }
    for (const EventRule& event : mapping.events) {
        Rule& rule = rules_.emplace_back(Rule{.kind = RecordKind::event});
        for (auto status :
             {compile_rule(rule, event.when, event.time),
              compile_into(rule.name, event.name, RowExpression::UnknownName::literal),
              compile_fields(rule, event.properties)}) {
            if (!status) {
                return status;
            }
        }
        require(!rule.time.empty(), "an event rule without a time");
    }
    if (!mapping.traits.empty()) {
        Rule& rule = rules_.emplace_back(Rule{.kind = RecordKind::traits});
        rule.time = time_;
        if (auto compiled = compile_fields(rule, mapping.traits); !compiled) {
            return compiled;
        }
    }
    return compile_people(mapping);
}

/// Accounts, consents and merges.
Status RowMapper::compile_people(const Mapping& mapping) {
    Status status = done;
    const auto then = [&](Status next) {
        if (status) {
            status = std::move(next);
        }
    };
    for (const AccountRule& account : mapping.accounts) {
        Rule& rule = rules_.emplace_back(Rule{.kind = RecordKind::account_join});
        then(compile_rule(rule, account.when, account.time));
        then(compile_into(rule.text, account.account));
    }
    for (const AccountTraitsRule& account : mapping.account_traits) {
        Rule& rule = rules_.emplace_back(Rule{.kind = RecordKind::account_traits});
        then(compile_rule(rule, account.when, account.time));
        then(compile_into(rule.text, account.account));
        then(compile_fields(rule, account.traits));
    }
    for (const ConsentRule& consent : mapping.consents) {
        Rule& rule = rules_.emplace_back(Rule{.kind = RecordKind::consent});
        then(compile_rule(rule, consent.when, consent.time));
        then(compile_into(rule.name, consent.purpose, RowExpression::UnknownName::literal));
        then(compile_into(rule.text, consent.source, RowExpression::UnknownName::literal));
        then(compile_fields(rule, {.named = {{"granted", consent.granted}}}));
    }
    for (const MergeRule& merge : mapping.merges) {
        Rule& rule = rules_.emplace_back(Rule{.kind = RecordKind::merge});
        then(compile_into(rule.when, merge.when));
        then(compile_into(rule.text, merge.other));
    }
    return status;
}

/// `rest`: every column of the file that no expression of the mapping reads.
void RowMapper::add_rest_fields() {
    for (const std::size_t place : rest_rules_) {
        for (std::uint32_t column = 0; column < columns_.size(); ++column) {
            const std::string& name = columns_[column].name;
            if (read_[column] || name.size() > limits::name_bytes_max) {
                continue;
            }
            auto value = RowExpression::compile(column_text(name), names_, file_);
            require(value.has_value() && value->column() == column, "a column that is no name");
            rules_[place].fields.push_back({.name = name, .value = std::move(*value)});
        }
    }
}

/// A column whose cells are only read as they are written (ids, names, times) needs no value.
void RowMapper::find_typed_columns() {
    std::vector<bool> typed(names_.size(), false);
    const auto mark = [&](const RowExpression& expression, bool as_text) {
        if (as_text && expression.column()) {
            return;
        }
        for (const std::uint32_t column : expression.reads()) {
            typed[column] = true;
        }
    };
    mark(skip_, false);
    mark(customer_, true);
    for (const Rule& rule : rules_) {
        mark(rule.when, false);
        mark(rule.time, true);
        mark(rule.name, true);
        mark(rule.text, true);
        for (const Field& field : rule.fields) {
            mark(field.value, false);
        }
    }
    for (std::uint32_t column = 0; column < columns_.size(); ++column) {
        if (typed[column]) {
            typed_columns_.push_back(column);
        }
    }
}

bool RowMapper::fail(RejectReason reason, std::string message) {
    flaw_ = Flaw{reason, std::move(message)};
    return false;
}

/// Lays the row's cells and values out for the expressions.
bool RowMapper::load(const Input& input) {
    require(input.cells.size() == columns_.size(), "a row of another width than the header");
    row_.clear_texts();
    std::copy(input.cells.begin(), input.cells.end(), row_.cells.begin());
    for (std::size_t i = 0; i < input.computed.size(); ++i) {
        row_.values.set(static_cast<std::uint32_t>(columns_.size() + i), input.computed[i]);
    }
    if (row_number_) {
        row_number_text_ = std::to_string(input.number);
        row_.cells[*row_number_] = row_number_text_;
        row_.values.set(*row_number_, Datum::of(static_cast<double>(input.number)));
    }
    for (const std::uint32_t column : typed_columns_) {
        CellValue cell = cell_value(input.cells[column], columns_[column], times_);
        if (cell.flaw) {
            flaw_ = std::move(cell.flaw);
            return false;
        }
        row_.values.set(column, cell.value);
    }
    return true;
}

RowMapper::Outcome RowMapper::map(const Input& input,
                                  RecordBatchBuilder& batch,
                                  ingest::RowRecords& records) {
    records.clear();
    if (!load(input)) {
        return Outcome::flawed;
    }
    if (!skip_.empty() && skip_.is_true(row_)) {
        return Outcome::nothing;
    }
    customer_id_ = customer_.text(row_);
    if (customer_id_.empty()) {
        fail(RejectReason::missing_customer, "the row names no customer");
        return Outcome::flawed;
    }
    matched_ = false;
    for (Rule& rule : rules_) {
        rule.now_said.clear();
        if (!apply(rule, batch, records)) {
            records.clear();
            return Outcome::flawed;
        }
    }
    flaw_ = records.flaw();
    if (flaw_) {
        records.clear();
        return Outcome::flawed;
    }
    for (Rule& rule : rules_) {
        if (!rule.now_said.empty()) {
            rule.last_said.swap(rule.now_said);
        }
    }
    return matched_ ? Outcome::records : Outcome::nothing;
}

/// Adds the rule's record if the row yields one; false if the row is flawed.
bool RowMapper::apply(Rule& rule, RecordBatchBuilder& batch, ingest::RowRecords& records) {
    if (!rule.when.empty() && !rule.when.is_true(row_)) {
        return true;
    }
    RecordDraft draft{.kind = rule.kind};
    if (rule.kind != RecordKind::account_traits) {
        draft.customer = customer_id_;
    }
    draft.text = rule.text.text(row_);
    const bool needs_other = rule.kind == RecordKind::account_join ||
                             rule.kind == RecordKind::account_traits ||
                             rule.kind == RecordKind::merge;
    if (needs_other &&
        (draft.text.empty() || (rule.kind == RecordKind::merge && draft.text == customer_id_))) {
        return true;
    }
    if (!take_time(rule, draft) || !take_name(rule, batch, draft) || !take_fields(rule)) {
        return false;
    }
    matched_ = true;
    draft.properties = properties_;
    if (repeatable(rule.kind) && repeats(rule, draft)) {
        return true;
    }
    intern_fields(rule, batch);
    std::size_t kept = 0;
    for (std::size_t i = 0; i < rule.fields.size(); ++i) {
        const Datum value = properties_[i].value;
        // A trait without a value is a value of its own unless the mapping says otherwise; an
        // event's property is just not there.
        const bool says_missing = rule.kind != RecordKind::event && !sparse_;
        if (says_missing || !value.is_missing()) {
            properties_[kept++] = {rule.fields[i].id, value};
        }
    }
    if (kept == 0 && sparse_ && tells_traits(rule.kind)) {
        return true;
    }
    draft.properties = std::span(properties_.data(), kept);
    records.add(draft);
    return true;
}

bool RowMapper::take_time(const Rule& rule, RecordDraft& draft) {
    if (rule.time.empty()) {
        return true;
    }
    std::string_view written;
    if (rule.time.column()) {
        written = rule.time.text(row_);
    } else {
        const Datum value = rule.time.value(row_);
        if (value.kind() == ValueKind::timestamp) {
            draft.time = value.timestamp();
            return true;
        }
        written = value.is_missing() ? std::string_view() : row_.keep(to_display(value));
    }
    draft.time = times_.read(written);
    if (draft.time) {
        return true;
    }
    return fail(RejectReason::bad_time,
                written.empty() ? std::string("the row has no time")
                                : "this is no time: " + in_quotes(written));
}

bool RowMapper::take_name(Rule& rule, RecordBatchBuilder& batch, RecordDraft& draft) {
    if (rule.kind != RecordKind::event && rule.kind != RecordKind::consent) {
        return true;
    }
    const std::string_view name = rule.name.text(row_);
    if (auto flaw = ingest::flaw_in_name(
            name, rule.kind == RecordKind::event ? "the event" : "the purpose")) {
        return fail(flaw->reason, std::move(flaw->message));
    }
    intern_fields(rule, batch);
    if (rule.last_name != name) {
        rule.last_name = name;
        rule.last_name_id = batch.name(name);
    }
    draft.name = rule.last_name_id;
    return true;
}

/// Evaluates the rule's fields into properties_; their names follow later.
bool RowMapper::take_fields(Rule& rule) {
    properties_.clear();
    for (const Field& field : rule.fields) {
        properties_.push_back({field.id, field.value.value(row_)});
    }
    if (rule.kind != RecordKind::consent) {
        return true;
    }
    const auto granted = boolean_of(properties_.front().value);
    if (!granted) {
        return fail(
            RejectReason::bad_boolean,
            "a consent must be true or false: " + in_quotes(to_display(properties_.front().value)));
    }
    properties_.front().value = Datum::of(*granted);
    return true;
}

/// Interns the rule's names where a new batch has begun.
void RowMapper::intern_fields(Rule& rule, RecordBatchBuilder& batch) const {
    if (rule.names_of_batch == batch_number_) {
        return;
    }
    rule.names_of_batch = batch_number_;
    for (Field& field : rule.fields) {
        field.id = batch.name(field.name);
    }
    if (!rule.last_name.empty()) {
        rule.last_name_id = batch.name(rule.last_name);
    }
}

/// Says whether the rule's last record said the same; remembers what this one says.
bool RowMapper::repeats(Rule& rule, const RecordDraft& draft) const {
    ByteWriter writer(rule.now_said);
    writer.text(draft.customer);
    writer.signed_varint(draft.time ? draft.time->time_since_epoch().count() : 0);
    writer.text(draft.text);
    writer.text(rule.last_name);
    for (const NamedDatum& property : draft.properties) {
        append_datum(rule.now_said, property.value);
    }
    return rule.now_said == rule.last_said;
}

}  // namespace fineline::mapping
