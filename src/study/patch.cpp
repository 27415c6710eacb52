#include "study/patch.h"

#include "mapping/portfolio_file.h"

#include <algorithm>
#include <set>

namespace fineline::study {

namespace {

constexpr std::size_t lines_around = 3;

/// Beyond this many lines between first and last change the whole stretch is replaced.
constexpr std::size_t compared_lines_max = 2000;

constexpr std::size_t name_bytes_max = 80;

std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size() - 1);
        lines.push_back(text.substr(0, end + 1));
        text.remove_prefix(end + 1);
    }
    return lines;
}

/// One line of an edit: kept, taken out or put in.
struct Edit {
    char sign = ' ';
    std::string_view line;
};

using Lines = std::vector<std::string_view>;

/// Edits from the longest common subsequence of the lines.
void compare(const Lines& before, const Lines& after, std::vector<Edit>& edits) {
    if (before.size() > compared_lines_max || after.size() > compared_lines_max) {
        for (const auto line : before) {
            edits.push_back({'-', line});
        }
        for (const auto line : after) {
            edits.push_back({'+', line});
        }
        return;
    }
    const std::size_t width = after.size() + 1;
    std::vector<std::uint16_t> common((before.size() + 1) * width);
    for (std::size_t i = before.size(); i-- > 0;) {
        for (std::size_t j = after.size(); j-- > 0;) {
            common[i * width + j] =
                before[i] == after[j]
                    ? static_cast<std::uint16_t>(common[(i + 1) * width + j + 1] + 1)
                    : std::max(common[(i + 1) * width + j], common[i * width + j + 1]);
        }
    }
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < before.size() || j < after.size()) {
        if (i < before.size() && j < after.size() && before[i] == after[j]) {
            edits.push_back({' ', before[i]});
            ++i;
            ++j;
        } else if (j == after.size() || (i < before.size() && common[(i + 1) * width + j] >=
                                                                  common[i * width + j + 1])) {
            edits.push_back({'-', before[i++]});
        } else {
            edits.push_back({'+', after[j++]});
        }
    }
}

std::vector<Edit> edits_between(const Lines& before, const Lines& after) {
    std::size_t head = 0;
    while (head < before.size() && head < after.size() && before[head] == after[head]) {
        ++head;
    }
    std::size_t tail = 0;
    while (tail + head < before.size() && tail + head < after.size() &&
           before[before.size() - 1 - tail] == after[after.size() - 1 - tail]) {
        ++tail;
    }
    std::vector<Edit> edits;
    for (std::size_t i = 0; i < head; ++i) {
        edits.push_back({' ', before[i]});
    }
    const auto middle = [&](const Lines& lines) {
        return Lines(lines.begin() + static_cast<std::ptrdiff_t>(head),
                     lines.end() - static_cast<std::ptrdiff_t>(tail));
    };
    compare(middle(before), middle(after), edits);
    for (std::size_t i = before.size() - tail; i < before.size(); ++i) {
        edits.push_back({' ', before[i]});
    }
    return edits;
}

/// Prints the edits from `begin` to before `end` as one hunk.
void append_hunk(std::string& out,
                 const std::vector<Edit>& edits,
                 std::size_t begin,
                 std::size_t end) {
    std::size_t old_line = 1;
    std::size_t new_line = 1;
    for (std::size_t i = 0; i < begin; ++i) {
        old_line += edits[i].sign != '+' ? 1U : 0U;
        new_line += edits[i].sign != '-' ? 1U : 0U;
    }
    std::size_t old_count = 0;
    std::size_t new_count = 0;
    std::string body;
    for (std::size_t i = begin; i < end; ++i) {
        old_count += edits[i].sign != '+' ? 1U : 0U;
        new_count += edits[i].sign != '-' ? 1U : 0U;
        body += edits[i].sign;
        body += edits[i].line;
        body += edits[i].line.ends_with('\n') ? "" : "\n\\ No newline at end of file\n";
    }
    const auto range = [](std::size_t line, std::size_t count) {
        return std::to_string(count == 0 ? line - 1 : line) + "," + std::to_string(count);
    };
    out += "@@ -" + range(old_line, old_count) + " +" + range(new_line, new_count) + " @@\n" + body;
}

}  // namespace

std::string unified_diff(std::string_view before, std::string_view after) {
    if (before == after) {
        return {};
    }
    const std::vector<Edit> edits = edits_between(lines_of(before), lines_of(after));
    std::string out = "--- portfolio.yaml\n+++ portfolio.yaml\n";
    std::size_t i = 0;
    while (i < edits.size()) {
        if (edits[i].sign == ' ') {
            ++i;
            continue;
        }
        const std::size_t begin = i - std::min(i, lines_around);
        std::size_t last = i;
        for (std::size_t j = i; j < edits.size() && j <= last + 2 * lines_around + 1; ++j) {
            last = edits[j].sign != ' ' ? j : last;
        }
        const std::size_t end = std::min(edits.size(), last + 1 + lines_around);
        append_hunk(out, edits, begin, end);
        i = end;
    }
    return out;
}

std::string portfolio_patch(const mapping::Portfolio& before, const mapping::Portfolio& after) {
    return unified_diff(mapping::to_yaml(before), mapping::to_yaml(after));
}

mapping::Portfolio with_parts(const Purpose& purpose, const Parts& parts) {
    mapping::Portfolio portfolio{.purpose = purpose.portfolio.purpose, .segments = {}};
    std::set<std::string> names;
    for (const auto& part : parts) {
        mapping::SegmentDefinition segment = purpose.portfolio.segments[part.front()];
        if (part.size() > 1) {
            std::string name;
            for (const std::size_t one : part) {
                name += (name.empty() ? "" : "_or_") + purpose.segments[one].name;
                const std::string& action = purpose.segments[one].action;
                segment.action = segment.action.empty() ? action : segment.action;
            }
            segment.name = name.size() <= name_bytes_max
                               ? segment_name(name)
                               : purpose.segments[part.front()].name + "_and_" +
                                     std::to_string(part.size() - 1) + "_more";
            segment.when.text = part_expression(part, purpose);
        }
        while (!names.insert(segment.name).second) {
            segment.name += "_2";
        }
        portfolio.segments.push_back(std::move(segment));
    }
    return portfolio;
}

Parts parts_without(std::size_t segments, std::size_t gone) {
    Parts parts = parts_of(segments);
    parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(gone));
    return parts;
}

Parts parts_joined(std::size_t segments, std::size_t first, std::size_t second) {
    Parts parts = parts_of(segments);
    parts[std::min(first, second)].push_back(std::max(first, second));
    parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(std::max(first, second)));
    return parts;
}

std::string segment_name(std::string_view text) {
    std::string name;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80;
        if (plain || c == '_') {
            name += c;
        } else if (!name.empty() && name.back() != '_') {
            name += '_';
        }
    }
    return name.empty() ? "segment" : name;
}

}  // namespace fineline::study
