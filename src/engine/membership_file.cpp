#include "engine/membership_file.h"

#include "base/bytes.h"
#include "base/checksum.h"
#include "engine/durable_file.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace fineline::engine {

namespace {

constexpr std::string_view magic = "FLMEMB01";  // the checksum of all that follows it stands behind

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

Status write_membership_file(const std::string& path, const MembershipFile& file) {
    std::string body;
    ByteWriter writer(body);
    writer.u64(file.position.value());
    writer.u64(file.portfolio_version);
    writer.u64(file.last_change);
    writer.u64(file.oldest_change);
    writer.varint(file.changes.size());
    for (const membership::Transition& change : file.changes) {
        write_change(writer, change);
    }
    writer.text(file.tracker);
    std::string bytes(magic);
    ByteWriter(bytes).u64(checksum(body));
    bytes += body;
    return write_durably(path, bytes);
}

Result<std::optional<MembershipFile>> read_membership_file(const std::string& path) {
    std::error_code unreadable;
    if (!std::filesystem::exists(path, unreadable)) {
        return std::optional<MembershipFile>();
    }
    std::ifstream in(path, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    if (in.bad()) {
        return Error{ErrorCode::io, "cannot read '" + path + "'", {}};
    }
    ByteReader reader(bytes);
    const bool is_ours = reader.raw(magic.size()) == magic;
    const std::uint64_t sum = reader.u64();
    constexpr std::size_t header = 16;
    if (!is_ours || !reader.ok() || checksum(std::string_view(bytes).substr(header)) != sum) {
        return damaged(path);
    }
    MembershipFile file;
    file.position = Position(reader.u64());
    file.portfolio_version = reader.u64();
    file.last_change = reader.u64();
    file.oldest_change = reader.u64();
    for (std::uint64_t left = reader.varint(); left > 0 && reader.ok(); --left) {
        file.changes.push_back(read_change(reader));
    }
    file.tracker = std::string(reader.text());
    if (!reader.ok() || !reader.at_end()) {
        return damaged(path);
    }
    return std::optional<MembershipFile>(std::move(file));
}

}  // namespace fineline::engine
