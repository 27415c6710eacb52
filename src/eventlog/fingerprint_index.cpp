#include "eventlog/fingerprint_index.h"

#include "base/require.h"

#include <utility>

namespace fineline::eventlog {

namespace {

/// No entry is of this run: runs are numbered modulo this.
constexpr std::uint32_t empty_run = UINT32_MAX;
constexpr std::size_t slots_min = 16;

}  // namespace

void FingerprintIndex::insert(std::uint64_t fingerprint, std::uint32_t run) {
    require(run != empty_run, "the number of a run is out of range");
    Part& part = parts_[part_of(fingerprint)];
    if (4 * (part.entries + 1) > 3 * part.runs.size()) {
        part.grow();
    }
    part.insert(fingerprint, run);
}

void FingerprintIndex::Part::insert(std::uint64_t fingerprint, std::uint32_t run) {
    const std::size_t mask = runs.size() - 1;
    std::size_t slot = fingerprint & mask;
    while (runs[slot] != empty_run) {
        slot = (slot + 1) & mask;
    }
    fingerprints[slot] = fingerprint;
    runs[slot] = run;
    ++entries;
}

void FingerprintIndex::Part::grow() {
    const std::size_t slots = runs.empty() ? slots_min : 2 * runs.size();
    const auto old_fingerprints = std::exchange(fingerprints, std::vector<std::uint64_t>(slots));
    const auto old_runs = std::exchange(runs, std::vector<std::uint32_t>(slots, empty_run));
    entries = 0;
    for (std::size_t slot = 0; slot < old_runs.size(); ++slot) {
        if (old_runs[slot] != empty_run) {
            insert(old_fingerprints[slot], old_runs[slot]);
        }
    }
}

void FingerprintIndex::remove(std::uint64_t fingerprint, std::uint32_t run) {
    Part& part = parts_[part_of(fingerprint)];
    if (part.runs.empty()) {
        return;
    }
    const std::size_t mask = part.runs.size() - 1;
    for (std::size_t slot = fingerprint & mask; part.runs[slot] != empty_run;
         slot = (slot + 1) & mask) {
        if (part.fingerprints[slot] == fingerprint && part.runs[slot] == run) {
            part.remove_at(slot);
            return;
        }
    }
}

void FingerprintIndex::Part::remove_at(std::size_t slot) {
    // Entries behind the gap move up into it unless that would put them before the slot they belong
    // to (Knuth, The Art of Computer Programming 3, 6.4, algorithm R).
    const std::size_t mask = runs.size() - 1;
    std::size_t gap = slot;
    for (std::size_t next = (gap + 1) & mask; runs[next] != empty_run; next = (next + 1) & mask) {
        const std::size_t home = fingerprints[next] & mask;
        if (((next - home) & mask) >= ((next - gap) & mask)) {
            fingerprints[gap] = fingerprints[next];
            runs[gap] = runs[next];
            gap = next;
        }
    }
    runs[gap] = empty_run;
    --entries;
}

std::vector<std::uint32_t> FingerprintIndex::runs_of(std::uint64_t fingerprint) const {
    const Part& part = parts_[part_of(fingerprint)];
    std::vector<std::uint32_t> found;
    if (part.runs.empty()) {
        return found;
    }
    const std::size_t mask = part.runs.size() - 1;
    for (std::size_t slot = fingerprint & mask; part.runs[slot] != empty_run;
         slot = (slot + 1) & mask) {
        if (part.fingerprints[slot] == fingerprint) {
            found.push_back(part.runs[slot]);
        }
    }
    return found;
}

std::size_t FingerprintIndex::size() const {
    std::size_t entries = 0;
    for (const Part& part : parts_) {
        entries += part.entries;
    }
    return entries;
}

std::size_t FingerprintIndex::bytes() const {
    std::size_t sum = 0;
    for (const Part& part : parts_) {
        sum += part.fingerprints.capacity() * sizeof(std::uint64_t) +
               part.runs.capacity() * sizeof(std::uint32_t);
    }
    return sum;
}

}  // namespace fineline::eventlog
