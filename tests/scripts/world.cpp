#include "world.h"

#include "base/random.h"
#include "base/text.h"
#include "engine/definitions.h"
#include "engine/erasure.h"
#include "expr/parse.h"
#include "mapping/loader.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace fineline::scripts {

namespace {

/// Encodes one record as a batch of its own.
std::string encode(const ScriptRecord& record, const std::string& message_id, Instant received_at) {
    RecordBatchBuilder builder;
    std::vector<NamedDatum> properties;
    std::vector<std::string> lists(record.properties.size());
    for (std::size_t i = 0; i < record.properties.size(); ++i) {
        const auto& [name, value] = record.properties[i];
        properties.push_back({builder.name(name), borrow(value, lists[i])});
    }
    builder.add({.kind = record.kind,
                 .customer = record.customer,
                 .time = record.time,
                 .name = builder.name(record.name),
                 .text = record.text,
                 .message_id = message_id,
                 .properties = properties});
    return builder.finish({.source = "script",
                           .received_at = received_at,
                           .sequence = {},
                           .first_row = 0,
                           .last_row = 0});
}

/// Says whether a CSV cell read by type inference gives the value back: no truth values, arrays or
/// nulls, and no text that looks like a number.
bool fits_csv(const Value& value) {
    double number = 0;
    return value.kind() == ValueKind::number ||
           (value.kind() == ValueKind::string && !value.string().empty() &&
            !parse_number(value.string(), number));
}

std::string csv_cell(const Value& value) {
    if (value.kind() == ValueKind::number) {
        return number_text(value.number());
    }
    std::string cell = "\"";
    for (const char c : value.string()) {
        cell.append(c == '"' ? 2 : 1, c);
    }
    return cell + "\"";
}

}  // namespace

Status World::open() {
    workspace_.reset();
    if (configuration_ == Configuration::live) {
        engine::LiveOptions options;
        options.open.create = true;
        options.open.log.synchronous = false;
        options.ticking = engine::Ticking::by_hand;
        options.backfill_threads = 1;
        auto live = engine::Live::open(directory_, options, clock_);
        if (!live) {
            return live.error();
        }
        live_ = *std::move(live);
        return done;
    }
    engine::OpenOptions options;
    options.create = true;
    options.log.synchronous = false;
    options.use_checkpoint =
        configuration_ == Configuration::checkpoint || configuration_ == Configuration::walked;
    if (configuration_ == Configuration::tiny_blocks) {
        options.store.range_size = 1;
        options.store.delta_rows_min = 1;
    }
    auto workspace = engine::Workspace::open(directory_, options, clock_);
    if (!workspace) {
        return workspace.error();
    }
    workspace_ = *std::move(workspace);
    return done;
}

Status World::set_clock(Instant at) {
    clock_.set(at);
    return live_ != nullptr ? live_->advance() : done;
}

Status World::store(std::string batch) {
    if (live_ != nullptr) {
        auto appended = live_->append_and_wait(std::move(batch));
        return appended ? done : Status(appended.error());
    }
    auto appended = workspace_->append(std::move(batch));
    return appended ? done : Status(appended.error());
}

void World::follow(const std::string& expression) {
    if (live_ == nullptr || followed_.contains(expression)) {
        return;
    }
    const std::string name = "followed " + std::to_string(followed_.size());
    if (live_->define_segment(name, expression) && live_->settle()) {
        followed_.emplace(expression, name);
    }
}

std::optional<std::vector<std::string>> World::followed(const std::string& expression, Instant at) {
    follow(expression);
    const auto found = followed_.find(expression);
    if (found == followed_.end() || purpose_ || at != now()) {
        return std::nullopt;
    }
    const auto view = live_->view();
    const auto segment = view->segment(found->second);
    if (!segment || segment->thresholds_at != instant_min || view->as_of() != at) {
        return std::nullopt;
    }
    return engine::customer_ids(view->columns(), *view->member_ordinals(found->second));
}

Status World::verify() {
    if (live_ == nullptr) {
        return done;
    }
    const auto found = live_->verify();
    if (!found || found->agrees()) {
        return found ? done : Status(found.error());
    }
    return Error{ErrorCode::internal,
                 found->memberships.differences.empty() ? "the columns differ from a replay"
                                                        : found->memberships.differences.front(),
                 {}};
}

Status World::append(std::span<const ScriptRecord* const> records, std::size_t number) {
    std::vector<std::size_t> order(records.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
        order[i] = i;
    }
    if (configuration_ == Configuration::shuffled) {
        std::ranges::reverse(order);
    }
    for (const std::size_t i : order) {
        if (auto status = append_one(*records[i], number + i); !status) {
            return status;
        }
        if (configuration_ == Configuration::restart ||
            configuration_ == Configuration::checkpoint ||
            configuration_ == Configuration::walked) {
            if (auto status = end_of_line(); !status) {
                return status;
            }
        }
    }
    if (workspace_ != nullptr) {
        workspace_->publish();
    }
    return done;
}

Status World::append_one(const ScriptRecord& record, std::size_t number) {
    const bool plain_values = std::ranges::all_of(
        record.properties, [](const auto& property) { return fits_csv(property.second); });
    if (configuration_ == Configuration::csv && record.kind == RecordKind::event && plain_values) {
        return append_csv(record, number);
    }
    const std::string batch = encode(record, "m" + std::to_string(number), now());
    const int times = configuration_ == Configuration::twice ? 2 : 1;
    for (int i = 0; i < times; ++i) {
        if (auto stored = store(batch); !stored) {
            return stored;
        }
    }
    return done;
}

/// Loads the event as a file of one row. The number makes files of equal events differ, as they
/// would by their other rows; no script reads it.
Status World::append_csv(const ScriptRecord& record, std::size_t number) {
    std::string header = "customer_id,timestamp,event,row_of_script";
    std::string row = csv_cell(Value(record.customer)) + "," + to_iso(*record.time) + "," +
                      csv_cell(Value(record.name)) + "," + std::to_string(number);
    for (const auto& [name, value] : record.properties) {
        header += "," + csv_cell(Value(name));
        row += "," + csv_cell(value);
    }
    const std::string path = directory_ + ".csv";
    std::ofstream(path) << header << "\n" << row << "\n";
    mapping::LoadRequest request;
    request.file = path;
    request.kind = mapping::InputKind::csv;
    request.mapping = mapping::default_mapping(mapping::DefaultKind::events);
    request.received_at = now();
    auto loader = mapping::Loader::open(std::move(request), {});
    if (!loader) {
        return loader.error();
    }
    const auto sink = [&](std::string batch) -> Status {
        auto appended = workspace_->append(std::move(batch));
        return appended ? done : Status(appended.error());
    };
    const auto report = (*loader)->run({.after_row = 0, .sink = sink, .watch = {}});
    return report ? done : Status(report.error());
}

Status World::define(const std::string& name, const std::string& expression) {
    const auto text = rewritten(expression);
    if (!text) {
        return text.error();
    }
    const auto defined = live_ != nullptr ? live_->define_segment(name, *text)
                                          : engine::define_segment(*workspace_, name, *text);
    if (live_ != nullptr && defined) {
        return live_->settle();
    }
    return defined ? done : Status(defined.error());
}

Status World::set(const std::string& name, const std::string& value) {
    const auto defined = live_ != nullptr ? live_->define_setting(name, value)
                                          : engine::define_setting(*workspace_, name, value);
    if (live_ != nullptr && defined) {
        return live_->settle();
    }
    return defined ? done : Status(defined.error());
}

Status World::erase(const std::string& customer) {
    const auto receipt =
        live_ != nullptr ? live_->erase(customer) : engine::erase_customer(*workspace_, customer);
    return receipt ? done : Status(receipt.error());
}

Status World::end_of_line() {
    switch (configuration_) {
        case Configuration::restart: return open();
        case Configuration::walked:
        case Configuration::checkpoint: {
            workspace_->publish();
            if (auto written = workspace_->write_checkpoint(); !written) {
                return written;
            }
            return open();
        }
        case Configuration::tiny_blocks: workspace_->compact(); return done;
        case Configuration::plain:
        case Configuration::shuffled:
        case Configuration::twice:
        case Configuration::reprinted:
        case Configuration::json:
        case Configuration::csv:
        case Configuration::live: break;
    }
    return done;
}

Result<std::string> World::rewritten(const std::string& expression) const {
    if (configuration_ != Configuration::reprinted && configuration_ != Configuration::json) {
        return expression;
    }
    const auto parsed = expr::parse(expression);
    if (!parsed) {
        return expression;  // its error is what the script is about
    }
    if (configuration_ == Configuration::reprinted) {
        return expr::print(*parsed);
    }
    const auto json = parse_json(expr::to_json(*parsed).text());
    if (!json) {
        return json.error();
    }
    const auto read = expr::expression_from_json(*json);
    if (!read) {
        return read.error();
    }
    return expr::print(*read);
}

Result<engine::PreparedQuestion> World::prepare(const std::string& expression,
                                                Instant at,
                                                expr::Use use) const {
    const auto text = rewritten(expression);
    if (!text) {
        return text.error();
    }
    return engine::PreparedQuestion::prepare(
        view(),
        {.text = *text,
         .at = at,
         .purpose = purpose_,
         .threads = 1,
         .kernels =
             configuration_ == Configuration::walked ? expr::Kernels::off : expr::Kernels::on},
        use);
}

}  // namespace fineline::scripts
