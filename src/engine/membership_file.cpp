#include "engine/membership_file.h"

#include "base/bytes.h"
#include "base/checksum.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>
#include <utility>

namespace fineline::engine {

namespace {

constexpr std::string_view magic = "FLMEMB02";
constexpr std::size_t sum_size = 8;  // the low half of the XXH3-128 of all before it

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

struct EncodedChanges {
    std::uint64_t oldest = 0;
    std::uint64_t count = 0;
    std::string bytes;
};

/// What is kept of the changes up to `last`. Page by page, since the writer waits for none longer
/// than that; what it dropped meanwhile is not needed, but there may be no gap.
EncodedChanges encode_changes(const ChangeSource& changes, std::uint64_t last) {
    constexpr std::size_t page = 16'384;
    EncodedChanges encoded;
    encoded.oldest = changes.oldest_kept();
    ByteWriter writer(encoded.bytes);
    for (std::uint64_t next = encoded.oldest; next <= last;) {
        const std::vector<membership::Transition> some = changes.kept_from(next, page);
        if (some.empty()) {
            break;
        }
        if (some.front().number > next && encoded.count > 0) {
            encoded.bytes.clear();
            encoded.count = 0;
        }
        encoded.oldest = encoded.count == 0 ? some.front().number : encoded.oldest;
        for (const membership::Transition& change : some) {
            if (change.number <= last) {
                write_change(writer, change);
                ++encoded.count;
            }
        }
        next = some.back().number + 1;
    }
    encoded.oldest = std::min(encoded.oldest, last + 1);
    return encoded;
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

}  // namespace

Status write_memberships(DurableFile& file,
                         const MembershipSource& source,
                         const std::function<bool()>& is_given_up) {
    std::string head;
    ByteWriter writer(head);
    writer.raw(magic);
    writer.u64(source.position.value());
    writer.u64(source.portfolio_version);
    writer.u64(source.tracker.last_change);
    const EncodedChanges changes = encode_changes(*source.changes, source.tracker.last_change);
    writer.u64(changes.oldest);
    writer.varint(changes.count);
    writer.raw(changes.bytes);
    Digester digester;
    bool given_up = false;
    const auto add = [&](std::string_view piece) {
        digester.add(piece);
        given_up = given_up || is_given_up();
        return !given_up && file.add(piece);
    };
    add(head);
    membership::TrackerCodec::encode(source.tracker, add);
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
    if (bytes.size() < magic.size() + sum_size || !bytes.starts_with(magic)) {
        return damaged(path);
    }
    const std::string_view body = std::string_view(bytes).substr(0, bytes.size() - sum_size);
    if (digest128(body).low != ByteReader(std::string_view(bytes).substr(body.size())).u64()) {
        return damaged(path);
    }
    ByteReader reader(body.substr(magic.size()));
    MembershipFile file;
    file.position = Position(reader.u64());
    file.portfolio_version = reader.u64();
    file.last_change = reader.u64();
    file.oldest_change = reader.u64();
    for (std::uint64_t left = reader.varint(); left > 0 && reader.ok(); --left) {
        file.changes.push_back(read_change(reader));
    }
    if (!reader.ok()) {
        return damaged(path);
    }
    file.tracker_size = reader.remaining();
    file.tracker_at = body.size() - file.tracker_size;
    file.bytes = std::move(bytes);
    return std::optional<MembershipFile>(std::move(file));
}

}  // namespace fineline::engine
