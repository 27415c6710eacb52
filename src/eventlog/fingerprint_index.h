#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace fineline::eventlog {

/// Says which runs of message digests may hold a fingerprint. About 20 bytes an entry; looking up,
/// adding and removing touch one or two cache lines. It grows in 256 parts, one at a time, so that
/// no call waits for the whole to be moved. One thread at a time.
class FingerprintIndex {
  public:
    /// Adds an entry; the same fingerprint may stand in several runs.
    void insert(std::uint64_t fingerprint, std::uint32_t run);

    /// Removes an entry, if it is there.
    void remove(std::uint64_t fingerprint, std::uint32_t run);

    /// Returns the runs entered for a fingerprint, in no order; mostly none.
    [[nodiscard]] std::vector<std::uint32_t> runs_of(std::uint64_t fingerprint) const;

    [[nodiscard]] std::size_t size() const;

    /// Memory of all parts, in bytes.
    [[nodiscard]] std::size_t bytes() const;

  private:
    /// An open-addressing table with linear probing.
    struct Part {
        std::vector<std::uint64_t> fingerprints;
        std::vector<std::uint32_t> runs;  ///< parallel; `empty_run` where there is no entry
        std::size_t entries = 0;

        void insert(std::uint64_t fingerprint, std::uint32_t run);
        void grow();
        void remove_at(std::size_t slot);
    };

    static std::size_t part_of(std::uint64_t fingerprint) { return fingerprint >> 56U; }

    std::array<Part, 256> parts_;
};

}  // namespace fineline::eventlog
