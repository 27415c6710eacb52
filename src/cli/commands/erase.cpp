#include "base/text.h"
#include "cli/commands/rows.h"
#include "cli/open_workspace.h"
#include "engine/erasure.h"

#include <array>

namespace fineline::cli {

namespace {

Json receipt_json(const engine::ErasureReceipt& receipt) {
    Json events{Json::Object{}};
    for (const auto& [name, count] : receipt.events) {
        events.set(name, count);
    }
    return Json()
        .set("receipt", receipt.receipt_id)
        .set("erased_at", to_iso(receipt.erased_at))
        .set("identities", Json::Array(receipt.identities.begin(), receipt.identities.end()))
        .set("log_records", receipt.log_records)
        .set("log_batches_rewritten", receipt.log_batches)
        .set("set_aside_rows", receipt.reject_entries)
        .set("events", std::move(events))
        .set("trait_values", receipt.trait_values)
        .set("not_reached", Json::Array(receipt.not_reached.begin(), receipt.not_reached.end()));
}

Status run_erase(const Arguments& arguments, const Session& session) {
    auto workspace = open_workspace(arguments, session, OpenFor::writing);
    if (!workspace) {
        return workspace.error();
    }
    const auto receipt = engine::erase_customer(**workspace, arguments.customer);
    if (!receipt) {
        return receipt.error();
    }
    Terminal& terminal = session.terminal;
    if (arguments.json) {
        terminal.json(receipt_json(*receipt));
        return done;
    }
    std::string identities;
    for (const std::string& id : receipt->identities) {
        identities += (identities.empty() ? "" : ", ") + id;
    }
    terminal.line("Erased " + identities + " at " + to_iso(receipt->erased_at) + ". Receipt " +
                  receipt->receipt_id + ".");
    terminal.line("  log: " + with_commas(receipt->log_records) + " records in " +
                  with_commas(receipt->log_batches) +
                  " rewritten batches, free pages and write-ahead log purged");
    for (const auto& [name, count] : receipt->events) {
        terminal.line("  events: " + with_commas(count) + " " + name);
    }
    terminal.line("  traits: " + with_commas(receipt->trait_values) + " values");
    terminal.line("  set-aside rows: " + with_commas(receipt->reject_entries));
    terminal.line("  memory, dictionaries and checkpoint: gone");
    terminal.line("Out of reach, to be seen to elsewhere:");
    for (const std::string& place : receipt->not_reached) {
        terminal.line("  - " + place);
    }
    return done;
}

constexpr std::array options{Option::data, Option::customer};

}  // namespace

constinit const Command erase_command{
    .name = "erase",
    .summary = "Erase a customer everywhere in the directory and print a receipt",
    .options = options,
    .examples =
        "fineline erase --data shop --customer 17850\n"
        "fineline erase --data shop --customer 17850 --json > receipt.json",
    .run = run_erase};

}  // namespace fineline::cli
