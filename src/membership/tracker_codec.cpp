#include "membership/tracker_codec.h"

#include "base/bytes.h"
#include "base/checksum.h"
#include "columns/view_state.h"

// format · now · last change · renews · rebuilding[name, cause] · slots[name] ·
// dues[rows left out + 1, [slot, due − now]], 0 ·
// per slot: serves, version, since, members[gap, since] · rows[hash of id, known] ·
// thresholds[operand, computed at, kind, present, values, below] · per slot: sizes[at, members]
//
// What the tracker changes most comes first: it is let go of as soon as it is written.

namespace fineline::membership {

namespace {

constexpr std::uint32_t format = 3;

std::int64_t micros(Instant at) {
    return at.time_since_epoch().count();
}

Instant instant(std::int64_t micros) {
    return Instant(Duration(micros));
}

std::uint32_t hash_of_row(const columns::CustomersView& customers, std::uint32_t row) {
    return static_cast<std::uint32_t>(checksum(customers.ids->text(row)));
}

void write_thresholds(ByteWriter& writer, const KeptThresholds& thresholds) {
    writer.varint(thresholds.values.by_operand.size());
    for (const auto& [operand, distribution] : thresholds.values.by_operand) {
        writer.text(operand);
        writer.signed_varint(micros(thresholds.computed_at.at(operand)));
        writer.u8(static_cast<std::uint8_t>(distribution.kind));
        writer.varint(distribution.present);
        writer.varint(distribution.values.size());
        for (std::size_t i = 0; i < distribution.values.size(); ++i) {
            writer.f64(distribution.values[i]);
            writer.varint(distribution.below[i]);
        }
    }
}

std::shared_ptr<const KeptThresholds> read_thresholds(ByteReader& reader) {
    auto thresholds = std::make_shared<KeptThresholds>();
    for (std::uint64_t left = reader.varint(); left > 0 && reader.ok(); --left) {
        const std::string operand(reader.text());
        thresholds->computed_at[operand] = instant(reader.signed_varint());
        expr::Distribution& distribution = thresholds->values.by_operand[operand];
        distribution.kind = static_cast<ValueKind>(reader.u8());
        distribution.present = reader.varint();
        for (std::uint64_t values = reader.varint(); values > 0 && reader.ok(); --values) {
            distribution.values.push_back(reader.f64());
            distribution.below.push_back(reader.varint());
        }
    }
    return thresholds;
}

/// Collects bytes and hands them on by the piece.
class PieceWriter {
  public:
    explicit PieceWriter(const TrackerCodec::Take& take) : take_(take) {}

    [[nodiscard]] ByteWriter& bytes() { return writer_; }

    /// To be called where a piece may end. False: there is no use for more.
    bool next() {
        constexpr std::size_t piece = std::size_t{1} << 20U;
        return piece_.size() < piece ? is_wanted_ : hand_on();
    }

    bool hand_on() {
        is_wanted_ = is_wanted_ && take_(piece_);
        piece_.clear();
        return is_wanted_;
    }

  private:
    const TrackerCodec::Take& take_;
    std::string piece_;
    ByteWriter writer_{piece_};
    bool is_wanted_ = true;
};

void write_members(PieceWriter& writer, const MembersSnapshot& members) {
    writer.bytes().varint(members.count);
    std::uint32_t before = 0;
    members.since.for_each_leaf([&](std::size_t first, const auto& leaf) {
        for (std::size_t i = 0; i < leaf.size() && writer.next(); ++i) {
            if (leaf[i] != 0) {
                const auto who = static_cast<std::uint32_t>(first + i);
                writer.bytes().varint(who - before);
                writer.bytes().varint(leaf[i]);
                before = who;
            }
        }
    });
}

void write_dues(PieceWriter& writer, const DueTable::Snapshot& dues, Instant now) {
    std::uint32_t next = 0;
    std::vector<std::pair<std::uint32_t, Instant>> of_one;
    for (std::uint32_t who = 0; who < dues.extent() && writer.next(); ++who) {
        of_one.clear();
        dues.for_each(who, [&](std::uint32_t slot, Instant at) { of_one.emplace_back(slot, at); });
        if (of_one.empty()) {
            continue;
        }
        writer.bytes().varint(std::uint64_t{who} - next + 1);
        writer.bytes().varint(of_one.size());
        for (const auto& [slot, at] : of_one) {
            writer.bytes().varint(slot);
            writer.bytes().signed_varint(micros(at) - micros(now));
        }
        next = who + 1;
    }
    writer.bytes().varint(0);
}

void write_rows(PieceWriter& writer,
                const columns::CustomersView& customers,
                const std::vector<bool>& known) {
    writer.bytes().varint(customers.size);
    for (std::uint32_t row = 0; row < customers.size && writer.next(); ++row) {
        const bool is_gone = customers.root(row) == columns::CustomersView::erased;
        writer.bytes().u32(is_gone ? 0 : hash_of_row(customers, row));
        writer.bytes().u8(row < known.size() && known[row] ? 1 : 0);
    }
}

/// Notes in `memberships` too who is in the slot.
SegmentMembers read_members(ByteReader& reader,
                            std::uint32_t rows,
                            std::uint32_t slot,
                            MembershipBits& memberships) {
    SegmentMembers members;
    std::uint64_t who = 0;
    for (std::uint64_t left = reader.varint(); left > 0 && reader.ok(); --left) {
        who += reader.varint();
        const auto since = static_cast<std::int64_t>(reader.varint());
        if (who >= rows) {
            break;
        }
        members.enter(static_cast<std::uint32_t>(who), Instant(std::chrono::seconds(since)));
        memberships.set(slot, static_cast<std::uint32_t>(who), true);
    }
    return members;
}

/// `slots`: what the writer's numbers of slots are here.
void read_dues(ByteReader& reader,
               Instant now,
               std::uint32_t rows,
               const std::vector<std::uint32_t>& slots,
               DueTable& dues) {
    std::uint64_t who = 0;
    for (std::uint64_t gap = reader.varint(); gap > 0 && reader.ok(); gap = reader.varint()) {
        who += gap - 1;
        for (std::uint64_t left = reader.varint(); left > 0 && reader.ok(); --left) {
            const std::uint64_t slot = reader.varint();
            const Instant at = instant(micros(now) + reader.signed_varint());
            if (who < rows && slot < slots.size()) {
                dues.set(slots[slot], static_cast<std::uint32_t>(who), at);
            }
        }
        ++who;
    }
}

std::shared_ptr<const std::vector<Size>> read_sizes(ByteReader& reader) {
    auto sizes = std::make_shared<std::vector<Size>>();
    for (std::uint64_t points = reader.varint(); points > 0 && reader.ok(); --points) {
        const Instant at = instant(reader.signed_varint());
        sizes->push_back({.at = at, .members = reader.varint()});
    }
    return sizes;
}

Error damaged() {
    return Error{ErrorCode::corrupt, "the checkpoint of memberships is damaged", {}};
}

/// Which rows were customers. Errors: corrupt, conflict (the columns number other rows).
Result<std::vector<bool>> read_rows(ByteReader& reader, const columns::CustomersView& customers) {
    const std::uint64_t rows = reader.varint();
    if (!reader.ok()) {
        return damaged();
    }
    if (rows > customers.size) {
        return Error{ErrorCode::conflict, "the columns hold fewer customers", {}};
    }
    std::vector<bool> known;
    for (std::uint32_t row = 0; row < rows && reader.ok(); ++row) {
        const std::uint32_t hash = reader.u32();
        known.push_back(reader.u8() != 0);
        const bool is_gone = customers.root(row) == columns::CustomersView::erased;
        if (!is_gone && hash != hash_of_row(customers, row)) {
            return Error{ErrorCode::conflict, "the columns number their customers otherwise", {}};
        }
    }
    return known;
}

}  // namespace

TrackerSnapshot TrackerCodec::snapshot(Tracker& tracker) {
    TrackerSnapshot taken;
    taken.now = tracker.now_;
    taken.last_change = tracker.last_change_;
    if (const Rebuild* rebuild = tracker.rebuild_.get()) {
        taken.renews_thresholds = rebuild->renews_thresholds;
        for (const RebuiltSegment& segment : rebuild->segments) {
            taken.rebuilding.emplace_back(segment.definition.name, segment.cause);
        }
    }
    taken.view = tracker.view_;
    taken.known = tracker.known_;
    taken.thresholds = tracker.thresholds_;
    for (Tracker::Slot& slot : tracker.slots_) {
        taken.slots.push_back({.name = slot.name,
                               .sizes = slot.sizes,
                               .active = slot.active,
                               .members = slot.members.snapshot()});
    }
    taken.dues = tracker.dues_.snapshot();
    return taken;
}

void TrackerCodec::encode(TrackerSnapshot tracker, const Take& take) {
    PieceWriter pieces(take);
    ByteWriter& writer = pieces.bytes();
    writer.u32(format);
    writer.signed_varint(micros(tracker.now));
    writer.varint(tracker.last_change);
    writer.u8(tracker.renews_thresholds ? 1 : 0);
    writer.varint(tracker.rebuilding.size());
    for (const auto& [name, cause] : tracker.rebuilding) {
        writer.text(name);
        writer.u8(static_cast<std::uint8_t>(cause));
    }
    writer.varint(tracker.slots.size());
    for (const TrackerSnapshot::Slot& slot : tracker.slots) {
        writer.text(slot.name);
    }
    write_dues(pieces, tracker.dues, tracker.now);
    tracker.dues = {};
    for (TrackerSnapshot::Slot& slot : tracker.slots) {
        writer.u8(slot.active == nullptr ? 0 : 1);
        if (slot.active != nullptr) {
            writer.varint(slot.active->definition.version);
            writer.signed_varint(micros(slot.active->since));
            write_members(pieces, slot.members);
        }
        slot.members = {};
    }
    write_rows(pieces, tracker.view->state().customers, tracker.known);
    tracker.view.reset();
    write_thresholds(writer, *tracker.thresholds);
    for (const TrackerSnapshot::Slot& slot : tracker.slots) {
        writer.varint(slot.sizes->size());
        for (const Size& size : *slot.sizes) {
            writer.signed_varint(micros(size.at));
            writer.varint(size.members);
        }
    }
    pieces.hand_on();
}

Result<TrackerCodec::Restored> TrackerCodec::restore(
    std::string_view bytes,
    const std::shared_ptr<const columns::View>& view,
    const std::shared_ptr<const Portfolio>& portfolio,
    const FindDefinition& find,
    Tracker& tracker) {
    ByteReader reader(bytes);
    if (reader.u32() != format) {
        return damaged();
    }
    tracker.now_ = instant(reader.signed_varint());
    tracker.last_change_ = reader.varint();
    Restored restored;
    restored.renews_thresholds = reader.u8() != 0;
    Reads::Names other_settings;
    for (std::uint64_t left = reader.varint(); left > 0 && reader.ok(); --left) {
        restored.was_rebuilding = true;
        const std::string name(reader.text());
        if (static_cast<Cause>(reader.u8()) == Cause::settings) {
            other_settings.insert(name);
        }
    }
    tracker.portfolio_ = portfolio;
    const columns::CustomersView& customers = view->state().customers;
    std::vector<std::uint32_t> slots;
    for (std::uint64_t left = reader.varint(); left > 0 && reader.ok(); --left) {
        slots.push_back(tracker.slot_of(reader.text()).value());
    }
    read_dues(reader, tracker.now_, customers.size, slots, tracker.dues_);
    // Another pointer, so that define() sees that the settings changed under them.
    const auto settings_before = std::make_shared<const expr::Settings>(*portfolio->settings);
    for (const std::uint32_t number : slots) {
        if (reader.u8() == 0) {
            continue;
        }
        Tracker::Slot& slot = tracker.slots_[number];
        auto definition = find(slot.name, static_cast<std::uint32_t>(reader.varint()));
        if (!definition) {
            return definition.error();
        }
        auto active = std::make_shared<ActiveSegment>();
        active->definition = std::move(*definition);
        active->slot = SegmentSlot(number);
        active->since = instant(reader.signed_varint());
        active->settings =
            other_settings.contains(slot.name) ? settings_before : portfolio->settings;
        slot.active = std::move(active);
        slot.members = read_members(reader, customers.size, number, tracker.memberships_);
    }
    auto known = read_rows(reader, customers);
    if (!known) {
        return known.error();
    }
    tracker.known_ = std::move(*known);
    tracker.thresholds_ = read_thresholds(reader);
    for (const std::uint32_t number : slots) {
        tracker.slots_[number].sizes = read_sizes(reader);
    }
    if (!reader.ok() || !reader.at_end()) {
        return damaged();
    }
    tracker.finish_restoring(view);
    return restored;
}

}  // namespace fineline::membership
