#include "eventlog/message_ids.h"

#include <algorithm>
#include <array>

namespace fineline::eventlog {

namespace {

constexpr int runs_pruned_per_append = 2;

/// The index keeps the number of a run modulo this; so many runs never lie in one window.
constexpr std::uint64_t kept_modulus = UINT32_MAX;

std::uint32_t kept_of(std::uint64_t number) {
    return static_cast<std::uint32_t>(number % kept_modulus);
}

std::int64_t micros(Instant at) {
    return at.time_since_epoch().count();
}

Error malformed() {
    return {ErrorCode::corrupt, "the message ids of the log are malformed; restore a backup", {}};
}

/// What a run adds to the sum of its table.
std::uint64_t run_checksum(const MessageRun& run) {
    const std::array<std::uint64_t, 3> parts{
        run.number, static_cast<std::uint64_t>(micros(run.logged_at)), checksum(run.digests)};
    return checksum({reinterpret_cast<const char*>(parts.data()), sizeof parts});
}

/// Steps through a statement to its end or the first error.
Status for_each_row(Statement& statement, const std::function<Status()>& visit) {
    const ResetAtExit reset_at_exit(statement);
    while (true) {
        const auto stepped = statement.step();
        if (!stepped) {
            return stepped.error();
        }
        if (!*stepped) {
            return done;
        }
        const Status visited = visit();
        if (!visited) {
            return visited.error();
        }
    }
}

/// Finds a digest among ascending ones.
bool contains(std::string_view digests, const MessageDigest& digest) {
    std::size_t low = 0;
    std::size_t high = digests.size() / MessageDigest::size;
    while (low < high) {
        const std::size_t middle = low + (high - low) / 2;
        const MessageDigest found = MessageDigest::at(digests.substr(middle * MessageDigest::size));
        if (found == digest) {
            return true;
        }
        (found < digest ? low : high) = found < digest ? middle + 1 : middle;
    }
    return false;
}

template <class Visit>
void for_each_digest(const MessageRun& run, Visit visit) {
    const std::string_view digests = run.digests;
    for (std::size_t at = 0; at < digests.size(); at += MessageDigest::size) {
        visit(MessageDigest::at(digests.substr(at)));
    }
}

}  // namespace

Status MessageIds::create(Database& database) {
    return database.execute(
        "CREATE TABLE message_runs(run INTEGER PRIMARY KEY, logged_at INTEGER NOT NULL, "
        "digests BLOB NOT NULL);"
        "CREATE TABLE erased_ids(digest BLOB PRIMARY KEY) WITHOUT ROWID");
}

Result<MessageIds> MessageIds::open(Database& database) {
    struct Text {
        Statement Statements::*statement;
        std::string_view sql;
    };

    constexpr std::array<Text, 7> texts{{
        {&Statements::insert, "INSERT INTO message_runs VALUES(?1, ?2, ?3)"},
        {&Statements::get, "SELECT run, logged_at, digests FROM message_runs WHERE run = ?1"},
        {&Statements::all, "SELECT run, logged_at, digests FROM message_runs ORDER BY run"},
        {&Statements::remove, "DELETE FROM message_runs WHERE run = ?1"},
        {&Statements::erased_insert, "INSERT INTO erased_ids VALUES(?1)"},
        {&Statements::erased_get, "SELECT 1 FROM erased_ids WHERE digest = ?1"},
        {&Statements::erased_all, "SELECT digest FROM erased_ids ORDER BY digest"},
    }};
    MessageIds ids;
    for (const Text& text : texts) {
        auto statement = database.prepare(text.sql);
        if (!statement) {
            return statement.error();
        }
        ids.statements_.*text.statement = std::move(*statement);
    }
    return ids;
}

Status MessageIds::load() {
    if (index_ != nullptr) {
        return done;
    }
    auto index = std::make_unique<FingerprintIndex>();
    logged_at_.clear();
    first_ = 1;
    Status read = for_each_run([&](const MessageRun& run) -> Status {
        if (logged_at_.empty()) {
            first_ = run.number;
        }
        if (run.number != first_ + logged_at_.size()) {
            return malformed();
        }
        logged_at_.push_back(run.logged_at);
        for_each_digest(run, [&](const MessageDigest& digest) {
            index->insert(digest.fingerprint(), kept_of(run.number));
        });
        return done;
    });
    if (read) {
        index_ = std::move(index);
    }
    return read;
}

std::uint64_t MessageIds::number_of(std::uint32_t kept) const {
    return first_ + (kept + kept_modulus - first_ % kept_modulus) % kept_modulus;
}

Result<bool> MessageIds::knows(const MessageDigest& digest,
                               Instant horizon,
                               const LogState& state) {
    const Status loaded = load();
    if (!loaded) {
        return loaded.error();
    }
    if (was_added(digest, horizon)) {
        return true;
    }
    for (const std::uint32_t kept : index_->runs_of(digest.fingerprint())) {
        const std::uint64_t number = number_of(kept);
        if (logged_at_[number - first_] < horizon) {
            continue;
        }
        auto found = holds(number, digest);
        if (!found || *found) {
            return found;
        }
    }
    if (state.erased_ids.rows == 0) {
        return false;
    }
    const ResetAtExit reset_at_exit(statements_.erased_get);
    return statements_.erased_get.bind_blob(1, digest.view()).step();
}

bool MessageIds::was_added(const MessageDigest& digest, Instant horizon) const {
    return std::ranges::any_of(added_, [&](const MessageRun& run) {
        return run.logged_at >= horizon && contains(run.digests, digest);
    });
}

Result<bool> MessageIds::holds(std::uint64_t number, const MessageDigest& digest) {
    if (asked_last_.number != number) {
        auto run = read(number);
        if (!run) {
            return run.error();
        }
        asked_last_ = std::move(*run);
    }
    return contains(asked_last_.digests, digest);
}

Result<MessageRun> MessageIds::read(std::uint64_t number) {
    Statement& get = statements_.get;
    const ResetAtExit reset_at_exit(get);
    const auto found = get.bind(1, static_cast<std::int64_t>(number)).step();
    if (!found) {
        return found.error();
    }
    if (!*found || get.blob(2).size() % MessageDigest::size != 0) {
        return malformed();
    }
    return MessageRun{.number = number,
                      .logged_at = Instant(Duration(get.integer(1))),
                      .digests = std::string(get.blob(2))};
}

Status MessageIds::insert(const MessageRun& run, TableSum& sum) {
    const Status inserted = statements_.insert.bind(1, static_cast<std::int64_t>(run.number))
                                .bind(2, micros(run.logged_at))
                                .bind_blob(3, run.digests)
                                .run();
    if (!inserted) {
        return inserted.error();
    }
    sum.add(run_checksum(run));
    return done;
}

Status MessageIds::add(std::span<const MessageDigest> digests, LogState& state) {
    const Status loaded = load();
    if (!loaded) {
        return loaded.error();
    }
    MessageRun run{.number = first_ + logged_at_.size() + added_.size(),
                   .logged_at = state.clock,
                   .digests = {}};
    run.digests.reserve(digests.size() * MessageDigest::size);
    for (const MessageDigest& digest : digests) {
        run.digests += digest.view();
    }
    Status inserted = insert(run, state.message_runs);
    if (inserted) {
        added_.push_back(std::move(run));
    }
    return inserted;
}

Status MessageIds::prune(Instant horizon, LogState& state) {
    for (int i = 0; i < runs_pruned_per_append; ++i) {
        const std::size_t oldest = removed_.size();
        if (oldest >= logged_at_.size() || logged_at_[oldest] >= horizon) {
            return done;
        }
        auto run = read(first_ + oldest);
        if (!run) {
            return run.error();
        }
        const Status removed =
            statements_.remove.bind(1, static_cast<std::int64_t>(run->number)).run();
        if (!removed) {
            return removed.error();
        }
        state.message_runs.remove(run_checksum(*run));
        removed_.push_back(std::move(*run));
    }
    return done;
}

Status MessageIds::keep_for_ever(const MessageDigest& digest, LogState& state) {
    {
        const ResetAtExit reset_at_exit(statements_.erased_get);
        const auto known = statements_.erased_get.bind_blob(1, digest.view()).step();
        if (!known) {
            return known.error();
        }
        if (*known) {
            return done;
        }
    }
    const Status inserted = statements_.erased_insert.bind_blob(1, digest.view()).run();
    if (!inserted) {
        return inserted.error();
    }
    state.erased_ids.add(checksum(digest.view()));
    return done;
}

void MessageIds::committed() {
    for (const MessageRun& run : removed_) {
        for_each_digest(run, [&](const MessageDigest& digest) {
            index_->remove(digest.fingerprint(), kept_of(run.number));
        });
        logged_at_.pop_front();
        ++first_;
    }
    for (const MessageRun& run : added_) {
        for_each_digest(run, [&](const MessageDigest& digest) {
            index_->insert(digest.fingerprint(), kept_of(run.number));
        });
        logged_at_.push_back(run.logged_at);
    }
    rolled_back();
}

void MessageIds::rolled_back() {
    added_.clear();
    removed_.clear();
}

Status MessageIds::copy_to(MessageIds& other, LogState& state) {
    const Status copied =
        for_each_run([&](const MessageRun& run) { return other.insert(run, state.message_runs); });
    if (!copied) {
        return copied.error();
    }
    return for_each_erased(
        [&](const MessageDigest& digest) { return other.keep_for_ever(digest, state); });
}

Status MessageIds::sum_up(TableSum& runs, TableSum& erased) {
    const Status summed = for_each_run([&](const MessageRun& run) -> Status {
        runs.add(run_checksum(run));
        return done;
    });
    if (!summed) {
        return summed.error();
    }
    return for_each_erased([&](const MessageDigest& digest) -> Status {
        erased.add(checksum(digest.view()));
        return done;
    });
}

Status MessageIds::for_each_run(const std::function<Status(const MessageRun&)>& visit) {
    Statement& all = statements_.all;
    return for_each_row(all, [&]() -> Status {
        const MessageRun run{.number = static_cast<std::uint64_t>(all.integer(0)),
                             .logged_at = Instant(Duration(all.integer(1))),
                             .digests = std::string(all.blob(2))};
        return run.digests.size() % MessageDigest::size == 0 ? visit(run) : malformed();
    });
}

Status MessageIds::for_each_erased(const std::function<Status(const MessageDigest&)>& visit) {
    Statement& all = statements_.erased_all;
    return for_each_row(all, [&]() -> Status {
        const std::string_view digest = all.blob(0);
        return digest.size() == MessageDigest::size ? visit(MessageDigest::at(digest))
                                                    : malformed();
    });
}

}  // namespace fineline::eventlog
