// Answers SegBench's questions in one process that holds the data in memory, as a server would.
//
// usage: segbench_ask DIRECTORY THREADS
//
// Prints a line of JSON when it is ready: how long opening took, and whether from a checkpoint.
// Then reads lines {"segment": TEXT, "now": TIME} and answers each with a line: the count of its
// members, a digest of their ids, the milliseconds from the text of the question to both, by the
// clock and of CPU, and those of CPU to the members alone. Nothing is kept from one line to the
// next.
// {"touched": EVENT, "columns": [NAMES]} answers how many customers and rows an event's table has
// and how many bytes one pass over those columns reads; {"bandwidth": true} what memory can
// deliver.

#include "base/checksum.h"
#include "base/clock.h"
#include "base/json.h"
#include "columns/range_reader.h"
#include "engine/question.h"
#include "engine/workspace.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

namespace fineline {
namespace {

using Steady = std::chrono::steady_clock;
using ViewPtr = std::shared_ptr<const columns::View>;

double ms_since(Steady::time_point began) {
    return std::chrono::duration<double, std::milli>(Steady::now() - began).count();
}

/// Milliseconds of CPU that the whole process has used.
double cpu_ms() {
    return 1000.0 * static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

/// Runs `work(part)` on so many threads and waits for them.
template <class Work>
void in_parts(unsigned parts, Work work) {
    std::vector<std::jthread> threads;
    for (unsigned part = 1; part < parts; ++part) {
        threads.emplace_back(work, part);
    }
    work(0U);
}

/// Bytes that one thread reads from memory in a second of CPU: the best of several passes. CPU and
/// not the clock, so that whoever shares the machine does not count.
double read_bandwidth() {
    constexpr std::size_t words = std::size_t{1} << 25U;  // 256 MB, beyond any cache
    constexpr int passes = 7;
    const std::vector<std::uint64_t> memory(words, 1);
    double best = 0;
    std::uint64_t sum = 0;
    for (int pass = 0; pass < passes; ++pass) {
        const double began = cpu_ms();
        sum = std::accumulate(memory.begin(), memory.end(), sum);
        best = std::max(best, static_cast<double>(words) * 8 / ((cpu_ms() - began) / 1000));
    }
    require(sum == words * passes, "the sum of ones is their number");
    return best;
}

/// The digest does not depend on order, as the peer's.
std::uint64_t digest_of(const ViewPtr& view,
                        const std::vector<CustomerOrdinal>& members,
                        unsigned threads) {
    std::vector<std::uint64_t> digests(threads);
    in_parts(threads, [&](unsigned part) {
        const columns::Reader reader(view);
        const std::size_t begin = members.size() * part / threads;
        const std::size_t end = members.size() * (part + 1) / threads;
        std::uint64_t digest = 0;
        for (std::size_t i = begin; i < end; ++i) {
            digest ^= checksum(reader.customer_id(members[i]));
        }
        digests[part] = digest;
    });
    return std::accumulate(
        digests.begin(), digests.end(), std::uint64_t{0}, [](auto a, auto b) { return a ^ b; });
}

Result<Json> ask_once(const ViewPtr& view, const Json& line, unsigned threads) {
    const auto now = parse_iso_time(*line.find("now")->string());
    const auto began = Steady::now();
    const double cpu_began = cpu_ms();
    const auto prepared =
        engine::PreparedQuestion::prepare(view,
                                          {.text = *line.find("segment")->string(),
                                           .at = Instant(now->local.time_since_epoch()),
                                           .purpose = {},
                                           .threads = threads});
    if (!prepared) {
        return prepared.error();
    }
    const auto answer = engine::ask(*prepared, threads);
    if (!answer) {
        return answer.error();
    }
    const double answer_cpu = cpu_ms() - cpu_began;
    const std::uint64_t digest = digest_of(view, answer->members, threads);
    return Json()
        .set("members", answer->members.size())
        .set("digest", std::to_string(digest))
        .set("ms", ms_since(began))
        .set("cpu_ms", cpu_ms() - cpu_began)
        .set("answer_cpu_ms", answer_cpu);
}

/// The bytes of one pass: of everybody since when he is a customer, of each customer of the table
/// the local number and the offset of its rows, of each row the columns named.
Result<Json> touched(const ViewPtr& view, const Json& line) {
    const columns::Reader reader(view);
    const auto event = reader.find_event(*line.find("touched")->string());
    if (!event) {
        return Error{ErrorCode::not_found, "no such event", {}};
    }
    const columns::RangeReader ranges(*view);
    std::size_t customers = 0;
    std::size_t rows = 0;
    std::size_t bytes = 0;
    for (std::uint32_t range = 0; range < ranges.range_count(); ++range) {
        const auto found = ranges.rows(columns::TableKind::event, event->value(), range);
        if (found.chunk == nullptr) {
            continue;
        }
        customers += found.chunk->head().customers;
        rows += found.chunk->rows();
        for (const Json& name : *line.find("columns")->array()) {
            const auto property = reader.find_property(*event, *name.string());
            const auto column = found.chunk->column_of(property ? property->value() : ~0U);
            bytes +=
                column.bytes == nullptr ? 0 : columns::column_bytes(column.encoding, column.rows);
        }
    }
    bytes += customers * (sizeof(std::uint16_t) + sizeof(std::uint32_t));
    bytes += reader.ordinal_count() * sizeof(Instant);
    return Json().set("customers", customers).set("rows", rows).set("bytes", bytes);
}

Result<Json> answer_to(const ViewPtr& view, const Json& line, unsigned threads) {
    if (line.find("bandwidth") != nullptr) {
        return Json().set("bytes_a_cpu_second", read_bandwidth());
    }
    return line.find("touched") != nullptr ? touched(view, line) : ask_once(view, line, threads);
}

Status run(const std::string& directory, unsigned threads) {
    const FixedClock clock{Instant{}};
    engine::OpenOptions options;
    options.log.access = eventlog::Access::reading;
    const auto began = Steady::now();
    const auto workspace = engine::Workspace::open(directory, options, clock);
    if (!workspace) {
        return workspace.error();
    }
    const ViewPtr view = (*workspace)->view();
    std::cout << Json()
                     .set("open_ms", ms_since(began))
                     .set("from_checkpoint", (*workspace)->open_report().from_checkpoint)
                     .text()
              << std::endl;
    for (std::string text; std::getline(std::cin, text);) {
        const auto line = parse_json(text);
        if (!line) {
            return line.error();
        }
        const auto answer = answer_to(view, *line, threads);
        if (!answer) {
            return answer.error();
        }
        std::cout << answer->text() << std::endl;
    }
    return done;
}

}  // namespace
}  // namespace fineline

int main(int count, char** texts) {
    const int threads = count == 3 ? std::atoi(texts[2]) : 0;
    if (threads < 1) {
        std::cerr << "usage: segbench_ask DIRECTORY THREADS\n";
        return 2;
    }
    if (const auto status = fineline::run(texts[1], static_cast<unsigned>(threads)); !status) {
        std::cerr << "segbench_ask: " << status.error().message << "\n";
        return 1;
    }
    return 0;
}
