#include "engine/membership_file.h"

#include "base/bytes.h"
#include "base/checksum.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>
#include <utility>

namespace fineline::engine {

namespace {

// magic · position · version of the portfolio · last change · tracker ·
// pages of changes[count, changes], 0 · size of the tracker · sum
//
// The tracker comes first: as long as it is held, the writer copies what it changes.

constexpr std::string_view magic = "FLMEMB03";
constexpr std::size_t head_size = 32;
constexpr std::size_t size_size = 8;  // of the tracker's bytes
constexpr std::size_t sum_size = 8;   // the low half of the XXH3-128 of all before it

Error damaged(const std::string& path) {
    return Error{ErrorCode::corrupt, "'" + path + "' is damaged; it is made anew from the log", {}};
}

void write_change(ByteWriter& writer, const membership::Transition& change) {
    writer.varint(change.number);
    writer.signed_varint(change.at.time_since_epoch().count());
    writer.varint(change.who.value());
    writer.varint(change.segment.value());
    writer.varint(change.version);
    writer.u8(static_cast<std::uint8_t>(change.direction));
    writer.u8(static_cast<std::uint8_t>(change.cause));
}

/// What is kept of the changes up to `last`. Page by page, since the writer waits for none longer
/// than that. What it dropped meanwhile leaves a gap, before which nothing counts.
template <class Add>
void write_changes(const ChangeSource& changes, std::uint64_t last, Add add) {
    constexpr std::size_t page = 16'384;
    std::string bytes;
    ByteWriter writer(bytes);
    for (std::uint64_t next = changes.oldest_kept(); next <= last;) {
        std::vector<membership::Transition> some = changes.kept_from(next, page);
        std::erase_if(some, [&](const auto& change) { return change.number > last; });
        if (some.empty()) {
            break;
        }
        writer.varint(some.size());
        for (const membership::Transition& change : some) {
            write_change(writer, change);
        }
        next = some.back().number + 1;
        add(std::exchange(bytes, {}));
    }
    writer.varint(0);
    add(bytes);
}

membership::Transition read_change(ByteReader& reader) {
    membership::Transition change;
    change.number = reader.varint();
    change.at = Instant(Duration(reader.signed_varint()));
    change.who = CustomerOrdinal(static_cast<std::uint32_t>(reader.varint()));
    change.segment = membership::SegmentSlot(static_cast<std::uint32_t>(reader.varint()));
    change.version = static_cast<std::uint32_t>(reader.varint());
    change.direction = static_cast<membership::Direction>(reader.u8());
    change.cause = static_cast<membership::Cause>(reader.u8());
    return change;
}

/// False: the bytes are none.
bool read_changes(std::string_view bytes, std::vector<membership::Transition>& changes) {
    ByteReader reader(bytes);
    for (std::uint64_t left = reader.varint(); left > 0 && reader.ok(); left = reader.varint()) {
        for (; left > 0 && reader.ok(); --left) {
            const membership::Transition change = read_change(reader);
            if (!changes.empty() && change.number != changes.back().number + 1) {
                changes.clear();
            }
            changes.push_back(change);
        }
    }
    return reader.ok() && reader.at_end();
}

}  // namespace

Status write_memberships(DurableFile& file,
                         MembershipSource source,
                         const std::function<bool()>& is_given_up) {
    const std::uint64_t last_change = source.tracker.last_change;
    std::string head;
    ByteWriter writer(head);
    writer.raw(magic);
    writer.u64(source.position.value());
    writer.u64(source.portfolio_version);
    writer.u64(last_change);
    Digester digester;
    bool given_up = false;
    std::uint64_t tracker_size = 0;
    const auto add = [&](std::string_view piece) {
        digester.add(piece);
        given_up = given_up || is_given_up();
        return !given_up && file.add(piece);
    };
    add(head);
    membership::TrackerCodec::encode(std::move(source.tracker), [&](std::string_view piece) {
        tracker_size += piece.size();
        return add(piece);
    });
    write_changes(*source.changes, last_change, add);
    std::string tail;
    ByteWriter(tail).u64(tracker_size);
    add(tail);
    if (given_up) {
        return Error{ErrorCode::unavailable, "writing the memberships was given up", {}};
    }
    std::string sum;
    ByteWriter(sum).u64(digester.finish().low);
    file.add(sum);
    return done;
}

Result<std::optional<MembershipFile>> read_membership_file(const std::string& path) {
    std::error_code unreadable;
    if (!std::filesystem::exists(path, unreadable)) {
        return std::optional<MembershipFile>();
    }
    std::ifstream in(path, std::ios::binary);
    std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    if (in.bad()) {
        return Error{ErrorCode::io, "cannot read '" + path + "'", {}};
    }
    if (bytes.size() < head_size + size_size + sum_size || !bytes.starts_with(magic)) {
        return damaged(path);
    }
    std::string_view body = std::string_view(bytes).substr(0, bytes.size() - sum_size);
    if (digest128(body).low != ByteReader(std::string_view(bytes).substr(body.size())).u64()) {
        return damaged(path);
    }
    ByteReader reader(body.substr(magic.size()));
    MembershipFile file;
    file.position = Position(reader.u64());
    file.portfolio_version = reader.u64();
    file.last_change = reader.u64();
    file.tracker_at = head_size;
    file.tracker_size = ByteReader(body.substr(body.size() - size_size)).u64();
    body.remove_suffix(size_size);
    if (file.tracker_size > body.size() - head_size) {
        return damaged(path);
    }
    if (!read_changes(body.substr(head_size + file.tracker_size), file.changes)) {
        return damaged(path);
    }
    file.oldest_change = file.changes.empty() ? file.last_change + 1 : file.changes.front().number;
    file.bytes = std::move(bytes);
    return std::optional<MembershipFile>(std::move(file));
}

}  // namespace fineline::engine
