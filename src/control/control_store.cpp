#include "control/control_store.h"

#include "base/json.h"
#include "control/database.h"
#include "control/secrets.h"
#include "model/limits.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>
#include <utility>

namespace fineline::control {

namespace {

/// The tables, in the order they were added; a new version of the program only appends.
constexpr std::array<const char*, 7> tables{
    ("CREATE TABLE IF NOT EXISTS keys (id TEXT PRIMARY KEY, digest TEXT NOT NULL UNIQUE,"
     " kind INTEGER NOT NULL, name TEXT NOT NULL UNIQUE, created_at INTEGER NOT NULL,"
     " revoked_at INTEGER) STRICT"),
    ("CREATE TABLE IF NOT EXISTS webhooks (id TEXT PRIMARY KEY, url TEXT NOT NULL,"
     " secret TEXT NOT NULL, segments TEXT NOT NULL, created_at INTEGER NOT NULL,"
     " delivered INTEGER NOT NULL, failures INTEGER NOT NULL, retry_at INTEGER NOT NULL,"
     " last_error TEXT NOT NULL) STRICT"),
    ("CREATE TABLE IF NOT EXISTS dead_letters (id INTEGER PRIMARY KEY AUTOINCREMENT,"
     " webhook TEXT NOT NULL REFERENCES webhooks(id) ON DELETE CASCADE, first INTEGER NOT NULL,"
     " last INTEGER NOT NULL, given_up_at INTEGER NOT NULL, error TEXT NOT NULL) STRICT"),
    ("CREATE TABLE IF NOT EXISTS quarantine (id INTEGER PRIMARY KEY AUTOINCREMENT,"
     " received_at INTEGER NOT NULL, source TEXT NOT NULL, reason TEXT NOT NULL,"
     " message TEXT NOT NULL, text TEXT NOT NULL) STRICT"),
    ("CREATE TABLE IF NOT EXISTS quarantine_counts (source TEXT NOT NULL, reason TEXT NOT NULL,"
     " items INTEGER NOT NULL, PRIMARY KEY (source, reason)) STRICT"),
    ("CREATE TABLE IF NOT EXISTS key_sources (key_id TEXT PRIMARY KEY, source TEXT NOT NULL) "
     "STRICT"),
    ("CREATE TABLE IF NOT EXISTS studies (kind TEXT NOT NULL, purpose TEXT NOT NULL,"
     " id TEXT NOT NULL UNIQUE, asked TEXT NOT NULL, ended_at INTEGER NOT NULL,"
     " result TEXT NOT NULL, PRIMARY KEY (kind, purpose)) STRICT"),
};

std::int64_t stored(Instant at) {
    return at.time_since_epoch().count();
}

Instant instant_of(std::int64_t stored_at) {
    return Instant(Duration(stored_at));
}

Key key_of(const Row& row) {
    Key key{.id = text_in(row, 0),
            .kind = static_cast<KeyKind>(number_in(row, 2)),
            .name = text_in(row, 3),
            .source = text_in(row, 6),
            .created_at = instant_of(number_in(row, 4)),
            .revoked_at = {}};
    if (!std::holds_alternative<std::monostate>(row[5])) {
        key.revoked_at = instant_of(number_in(row, 5));
    }
    return key;
}

Webhook webhook_of(const Row& row) {
    return {.id = text_in(row, 0),
            .url = text_in(row, 1),
            .secret = text_in(row, 2),
            .segments = text_in(row, 3),
            .created_at = instant_of(number_in(row, 4)),
            .delivered = static_cast<std::uint64_t>(number_in(row, 5)),
            .failures = static_cast<unsigned>(number_in(row, 6)),
            .retry_at = instant_of(number_in(row, 7)),
            .last_error = text_in(row, 8)};
}

KeptStudy kept_study_of(const Row& row) {
    return {.kind = text_in(row, 0),
            .purpose = text_in(row, 1),
            .id = text_in(row, 2),
            .order = text_in(row, 3),
            .ended_at = instant_of(number_in(row, 4)),
            .result = text_in(row, 5)};
}

/// Of a digest as it is stored; empty if it is none, which no secret has.
std::string bytes_of_hex(std::string_view hex) {
    std::string bytes;
    for (; hex.size() >= 2; hex.remove_prefix(2)) {
        unsigned char byte = 0;
        if (std::from_chars(hex.data(), hex.data() + 2, byte, 16).ptr != hex.data() + 2) {
            return {};
        }
        bytes.push_back(static_cast<char>(byte));
    }
    return bytes;
}

/// Looks a digest up without making a text of it.
struct DigestHash {
    using is_transparent = void;

    std::size_t operator()(std::string_view bytes) const {
        return std::hash<std::string_view>()(bytes);
    }
};

bool is_word_byte(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           (static_cast<unsigned char>(c) & 0x80U) != 0;
}

/// Says whether `id` stands in the text as a whole word, plainly or as JSON would escape it.
bool mentions(std::string_view text, const std::string& id) {
    std::string escaped;
    append_json_string(escaped, id);
    escaped = escaped.substr(1, escaped.size() - 2);
    for (const std::string& form : {id, escaped}) {
        for (std::size_t at = text.find(form); at != std::string_view::npos && !form.empty();
             at = text.find(form, at + 1)) {
            const std::size_t end = at + form.size();
            if ((at == 0 || !is_word_byte(text[at - 1]) || !is_word_byte(form.front())) &&
                (end == text.size() || !is_word_byte(text[end]) || !is_word_byte(form.back()))) {
                return true;
            }
        }
    }
    return false;
}

}  // namespace

const char* to_string(KeyKind kind) {
    switch (kind) {
        case KeyKind::write: return "write";
        case KeyKind::admin: return "admin";
    }
    return "write";
}

struct ControlStore::State {
    explicit State(Database opened) : database(std::move(opened)) {}

    /// Around the connection.
    std::mutex writing;
    Database database;

    /// Around the tables of keys, which are replaced together.
    mutable std::shared_mutex reading;
    std::vector<Key> keys;
    std::unordered_map<std::string, std::shared_ptr<const Key>, DigestHash, std::equal_to<>>
        by_digest;  ///< those that are not revoked, by the bytes of their digest
    std::map<SecretTag, std::shared_ptr<const Key>> by_tag;  ///< those asked for since

    [[nodiscard]] Status load_keys();
    [[nodiscard]] Result<std::uint64_t> remove_mentions(const char* read,
                                                        const char* remove,
                                                        std::span<const std::string> ids);
};

/// Removes the rows (id and two texts) that mention one of the ids; returns how many.
Result<std::uint64_t> ControlStore::State::remove_mentions(const char* read,
                                                           const char* remove,
                                                           std::span<const std::string> ids) {
    auto rows = database.run(read);
    if (!rows) {
        return rows.error();
    }
    std::uint64_t removed = 0;
    for (const Row& row : *rows) {
        const bool named = std::any_of(ids.begin(), ids.end(), [&](const std::string& id) {
            return mentions(text_in(row, 1), id) || mentions(text_in(row, 2), id);
        });
        if (!named) {
            continue;
        }
        if (auto gone = database.run(remove, {row[0]}); !gone) {
            return gone.error();
        }
        ++removed;
    }
    return removed;
}

Status ControlStore::State::load_keys() {
    auto rows = database.run(
        "SELECT id, digest, kind, name, created_at, revoked_at, coalesce(source, ?) "
        "FROM keys LEFT JOIN key_sources ON key_id = id ORDER BY created_at, id",
        {std::string(default_message_source)});
    if (!rows) {
        return rows.error();
    }
    const std::unique_lock lock(reading);
    keys.clear();
    by_digest.clear();
    by_tag.clear();
    for (const Row& row : *rows) {
        const Key& key = keys.emplace_back(key_of(row));
        if (!key.revoked_at) {
            by_digest.emplace(bytes_of_hex(text_in(row, 1)), std::make_shared<const Key>(key));
        }
    }
    return done;
}

ControlStore::ControlStore(std::unique_ptr<State> state) : state_(std::move(state)) {}

ControlStore::~ControlStore() = default;

Result<std::unique_ptr<ControlStore>> ControlStore::open(const std::string& directory) {
    auto database = Database::open(directory + "/control.sqlite");
    if (!database) {
        return database.error();
    }
    auto state = std::make_unique<State>(std::move(*database));
    for (const char* sql : tables) {
        if (auto made = state->database.run(sql); !made) {
            return made.error();
        }
    }
    if (auto loaded = state->load_keys(); !loaded) {
        return loaded.error();
    }
    return std::unique_ptr<ControlStore>(new ControlStore(std::move(state)));
}

Result<NewKey> ControlStore::create_key(KeyKind kind,
                                        std::string_view name,
                                        Instant now,
                                        std::string_view source) {
    for (const std::string_view text : {name, source}) {
        if (text.empty() || text.size() > limits::name_bytes_max) {
            return Error{ErrorCode::invalid_argument,
                         "a key needs a name, and a source, of 1 to " +
                             std::to_string(limits::name_bytes_max) + " bytes",
                         {}};
        }
    }
    const std::lock_guard lock(state_->writing);
    const std::vector<Key> all = keys();
    if (all.size() >= limits::keys_max) {
        return Error{ErrorCode::limit_exceeded,
                     "there are " + std::to_string(all.size()) + " keys already",
                     {}};
    }
    if (std::any_of(all.begin(), all.end(), [&](const Key& key) { return key.name == name; })) {
        return Error{ErrorCode::conflict, "a key has this name already: " + std::string(name), {}};
    }
    const std::string secret = (kind == KeyKind::write ? "flw_" : "fla_") + random_secret();
    const Key key{.id = random_id(),
                  .kind = kind,
                  .name = std::string(name),
                  .source = std::string(source),
                  .created_at = now,
                  .revoked_at = {}};
    // The source first: without its key it says nothing, whereas a key without it has another one.
    auto inserted = state_->database.run("INSERT INTO key_sources (key_id, source) VALUES (?, ?)",
                                         {key.id, key.source});
    if (!inserted) {
        return inserted.error();
    }
    inserted = state_->database.run(
        "INSERT INTO keys (id, digest, kind, name, created_at) VALUES (?, ?, ?, ?, ?)",
        {key.id, secret_digest(secret), static_cast<std::int64_t>(kind), key.name, stored(now)});
    if (!inserted) {
        return inserted.error();
    }
    if (auto loaded = state_->load_keys(); !loaded) {
        return loaded.error();
    }
    return NewKey{key, secret};
}

Status ControlStore::revoke_key(std::string_view id, Instant now) {
    const std::lock_guard lock(state_->writing);
    const std::vector<Key> all = keys();
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const Key& key) { return key.id == id; });
    if (found == all.end()) {
        return Error{ErrorCode::not_found, "no key has the id '" + std::string(id) + "'", {}};
    }
    const auto admins = std::count_if(all.begin(), all.end(), [](const Key& key) {
        return key.kind == KeyKind::admin && !key.revoked_at;
    });
    if (found->kind == KeyKind::admin && !found->revoked_at && admins == 1) {
        return Error{
            ErrorCode::conflict, "this is the last admin key: make another before revoking it", {}};
    }
    auto updated =
        state_->database.run("UPDATE keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL",
                             {stored(now), std::string(id)});
    return updated ? state_->load_keys() : Status(updated.error());
}

std::vector<Key> ControlStore::keys() const {
    const std::shared_lock lock(state_->reading);
    return state_->keys;
}

std::optional<Key> ControlStore::key(std::string_view id) const {
    const std::shared_lock lock(state_->reading);
    const auto& keys = state_->keys;
    const auto found =
        std::find_if(keys.begin(), keys.end(), [&](const Key& key) { return key.id == id; });
    return found == keys.end() ? std::nullopt : std::optional(*found);
}

std::shared_ptr<const Key> ControlStore::find_key(std::string_view secret) const {
    const SecretTag tag = tag_of(secret);
    {
        const std::shared_lock lock(state_->reading);
        if (const auto known = state_->by_tag.find(tag); known != state_->by_tag.end()) {
            return known->second;
        }
    }
    const SecretDigest digest = digest_of(secret);
    const std::string_view bytes(reinterpret_cast<const char*>(digest.data()), digest.size());
    const std::unique_lock lock(state_->reading);
    const auto found = state_->by_digest.find(bytes);
    if (found == state_->by_digest.end()) {
        return nullptr;
    }
    state_->by_tag.emplace(tag, found->second);
    return found->second;
}

Result<Webhook> ControlStore::create_webhook(const Webhook& wanted) {
    auto all = webhooks();
    if (!all) {
        return all.error();
    }
    if (all->size() >= limits::webhooks_max) {
        return Error{ErrorCode::limit_exceeded,
                     "there are " + std::to_string(all->size()) + " webhooks already",
                     {}};
    }
    Webhook webhook = wanted;
    webhook.id = random_id();
    webhook.secret = "whsec_" + random_secret();
    const std::lock_guard lock(state_->writing);
    auto inserted = state_->database.run("INSERT INTO webhooks VALUES (?, ?, ?, ?, ?, ?, 0, ?, '')",
                                         {webhook.id,
                                          webhook.url,
                                          webhook.secret,
                                          webhook.segments,
                                          stored(webhook.created_at),
                                          static_cast<std::int64_t>(webhook.delivered),
                                          stored(webhook.retry_at)});
    return inserted ? Result<Webhook>(webhook) : Result<Webhook>(inserted.error());
}

Status ControlStore::remove_webhook(std::string_view id) {
    const std::lock_guard lock(state_->writing);
    auto removed =
        state_->database.run("DELETE FROM webhooks WHERE id = ? RETURNING id", {std::string(id)});
    if (!removed) {
        return removed.error();
    }
    if (removed->empty()) {
        return Error{ErrorCode::not_found, "no webhook has the id '" + std::string(id) + "'", {}};
    }
    return done;
}

Result<std::vector<Webhook>> ControlStore::webhooks() const {
    const std::lock_guard lock(state_->writing);
    auto rows = state_->database.run("SELECT * FROM webhooks ORDER BY created_at, id");
    if (!rows) {
        return rows.error();
    }
    std::vector<Webhook> all;
    std::transform(rows->begin(), rows->end(), std::back_inserter(all), webhook_of);
    return all;
}

Status ControlStore::update_webhook(const Webhook& webhook, std::uint64_t before) {
    const std::lock_guard lock(state_->writing);
    auto updated = state_->database.run(
        "UPDATE webhooks SET delivered = ?, failures = ?, retry_at = ?, last_error = ? "
        "WHERE id = ? AND delivered = ?",
        {static_cast<std::int64_t>(webhook.delivered),
         std::int64_t{webhook.failures},
         stored(webhook.retry_at),
         webhook.last_error,
         webhook.id,
         static_cast<std::int64_t>(before)});
    return updated ? Status(done) : Status(updated.error());
}

Status ControlStore::bury(const DeadLetter& letter) {
    const std::lock_guard lock(state_->writing);
    return state_->database.together([&]() -> Status {
        auto moved = state_->database.run(
            "UPDATE webhooks SET delivered = ?, failures = 0, retry_at = ?, last_error = ? "
            "WHERE id = ? AND delivered = ? RETURNING id",
            {static_cast<std::int64_t>(letter.last),
             stored(instant_min),
             letter.error,
             letter.webhook,
             static_cast<std::int64_t>(letter.first) - 1});
        if (!moved) {
            return moved.error();
        }
        if (moved->empty()) {
            return done;
        }
        auto buried = state_->database.run(
            "INSERT INTO dead_letters (webhook, first, last, given_up_at, error) "
            "VALUES (?, ?, ?, ?, ?)",
            {letter.webhook,
             static_cast<std::int64_t>(letter.first),
             static_cast<std::int64_t>(letter.last),
             stored(letter.given_up_at),
             letter.error});
        return buried ? Status(done) : Status(buried.error());
    });
}

Result<std::vector<DeadLetter>> ControlStore::dead_letters(std::string_view webhook) const {
    const std::lock_guard lock(state_->writing);
    auto rows = state_->database.run(
        "SELECT id, webhook, first, last, given_up_at, error FROM dead_letters "
        "WHERE webhook = ? ORDER BY id",
        {std::string(webhook)});
    if (!rows) {
        return rows.error();
    }
    std::vector<DeadLetter> all;
    for (const Row& row : *rows) {
        all.push_back({.id = static_cast<std::uint64_t>(number_in(row, 0)),
                       .webhook = text_in(row, 1),
                       .first = static_cast<std::uint64_t>(number_in(row, 2)),
                       .last = static_cast<std::uint64_t>(number_in(row, 3)),
                       .given_up_at = instant_of(number_in(row, 4)),
                       .error = text_in(row, 5)});
    }
    return all;
}

Status ControlStore::remove_dead_letter(std::string_view webhook, std::uint64_t id) {
    const std::lock_guard lock(state_->writing);
    auto removed =
        state_->database.run("DELETE FROM dead_letters WHERE webhook = ? AND id = ? RETURNING id",
                             {std::string(webhook), static_cast<std::int64_t>(id)});
    if (!removed) {
        return removed.error();
    }
    if (removed->empty()) {
        return Error{
            ErrorCode::not_found, "this webhook has no dead letter " + std::to_string(id), {}};
    }
    return done;
}

Status ControlStore::quarantine(std::span<const QuarantinedItem> items) {
    if (items.empty()) {
        return done;
    }
    const std::lock_guard lock(state_->writing);
    return state_->database.together([&]() -> Status {
        for (const QuarantinedItem& item : items) {
            auto added = state_->database.run(
                "INSERT INTO quarantine (received_at, source, reason, message, text) "
                "VALUES (?, ?, ?, ?, ?)",
                {stored(item.received_at), item.source, item.reason, item.message, item.text});
            if (!added) {
                return added.error();
            }
            auto counted = state_->database.run(
                "INSERT INTO quarantine_counts VALUES (?, ?, 1) "
                "ON CONFLICT DO UPDATE SET items = items + 1",
                {item.source, item.reason});
            if (!counted) {
                return counted.error();
            }
        }
        auto pruned = state_->database.run(
            "DELETE FROM quarantine WHERE id <= (SELECT max(id) FROM quarantine) - ?",
            {static_cast<std::int64_t>(limits::quarantine_items_max)});
        return pruned ? Status(done) : Status(pruned.error());
    });
}

Result<std::vector<QuarantinedItem>> ControlStore::quarantined(std::uint64_t before,
                                                               std::size_t limit) const {
    const std::lock_guard lock(state_->writing);
    auto rows = state_->database.run(
        "SELECT id, received_at, source, reason, message, text FROM quarantine "
        "WHERE ? = 0 OR id < ? ORDER BY id DESC LIMIT ?",
        {static_cast<std::int64_t>(before),
         static_cast<std::int64_t>(before),
         static_cast<std::int64_t>(limit)});
    if (!rows) {
        return rows.error();
    }
    std::vector<QuarantinedItem> items;
    for (const Row& row : *rows) {
        items.push_back({.id = static_cast<std::uint64_t>(number_in(row, 0)),
                         .received_at = instant_of(number_in(row, 1)),
                         .source = text_in(row, 2),
                         .reason = text_in(row, 3),
                         .message = text_in(row, 4),
                         .text = text_in(row, 5)});
    }
    return items;
}

Result<std::vector<ReasonCount>> ControlStore::quarantine_counts() const {
    const std::lock_guard lock(state_->writing);
    auto rows = state_->database.run(
        "SELECT source, reason, items FROM quarantine_counts ORDER BY source, reason");
    if (!rows) {
        return rows.error();
    }
    std::vector<ReasonCount> counts;
    for (const Row& row : *rows) {
        counts.push_back(
            {text_in(row, 0), text_in(row, 1), static_cast<std::uint64_t>(number_in(row, 2))});
    }
    return counts;
}

Status ControlStore::keep_study(const KeptStudy& study) {
    const std::lock_guard lock(state_->writing);
    auto kept = state_->database.run(
        "INSERT OR REPLACE INTO studies (kind, purpose, id, asked, ended_at, result) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        {study.kind, study.purpose, study.id, study.order, stored(study.ended_at), study.result});
    return kept ? Status(done) : Status(kept.error());
}

Result<std::vector<KeptStudy>> ControlStore::kept_studies() const {
    const std::lock_guard lock(state_->writing);
    auto rows = state_->database.run(
        "SELECT kind, purpose, id, asked, ended_at, '' FROM studies ORDER BY ended_at DESC, id");
    if (!rows) {
        return rows.error();
    }
    std::vector<KeptStudy> all;
    std::transform(rows->begin(), rows->end(), std::back_inserter(all), kept_study_of);
    return all;
}

Result<KeptStudy> ControlStore::kept_study(std::string_view id) const {
    const std::lock_guard lock(state_->writing);
    auto rows = state_->database.run(
        "SELECT kind, purpose, id, asked, ended_at, result FROM studies WHERE id = ?",
        {std::string(id)});
    if (!rows) {
        return rows.error();
    }
    if (rows->empty()) {
        return Error{ErrorCode::not_found, "no study has the id '" + std::string(id) + "'", {}};
    }
    return kept_study_of(rows->front());
}

Result<std::uint64_t> ControlStore::erase_mentions(std::span<const std::string> ids) {
    /// Where texts that may name a person stand: how to read them, how to remove one.
    struct Place {
        const char* read;
        const char* remove;
    };

    constexpr std::array places{
        Place{"SELECT id, message, text FROM quarantine", "DELETE FROM quarantine WHERE id = ?"},
        Place{"SELECT id, asked, result FROM studies", "DELETE FROM studies WHERE id = ?"}};
    const std::lock_guard lock(state_->writing);
    std::uint64_t erased = 0;
    auto purged = state_->database.together([&]() -> Status {
        for (const Place& place : places) {
            auto removed = state_->remove_mentions(place.read, place.remove, ids);
            if (!removed) {
                return removed.error();
            }
            erased += *removed;
        }
        return done;
    });
    if (!purged) {
        return purged.error();
    }
    // What was overwritten in the file may still stand in the write-ahead log.
    auto emptied = state_->database.run("PRAGMA wal_checkpoint(TRUNCATE)");
    return emptied ? Result<std::uint64_t>(erased) : Result<std::uint64_t>(emptied.error());
}

}  // namespace fineline::control
