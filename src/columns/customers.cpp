#include "columns/customers.h"

#include <algorithm>

namespace fineline::columns {

std::uint64_t CustomersView::merged_by(std::uint32_t root) const {
    std::uint64_t newest = 0;
    std::uint32_t member = root;
    do {
        const PersonLink* link = links.find(member);
        newest = std::max(newest, link == nullptr ? 0 : link->joined);
        member = next(member);
    } while (member != root);
    return newest;
}

std::string_view CustomersView::least_id(std::uint32_t root) const {
    std::string_view least = ids->text(root);
    for (std::uint32_t member = next(root); member != root; member = next(member)) {
        least = std::min(least, ids->text(member));
    }
    return least;
}

Customers::Customers() : ids_(std::make_shared<Dictionary>()) {}

void Customers::note(std::uint32_t ordinal, Instant time) {
    const std::uint32_t root = current_.root(ordinal);
    if (time < current_.earliest_of(root)) {
        current_.earliest.edit(root).at = time;
    }
}

void Customers::merge(std::uint32_t a, std::uint32_t b, std::uint64_t position) {
    std::uint32_t kept = current_.root(a);
    std::uint32_t joined = current_.root(b);
    if (kept == joined) {
        return;
    }
    std::vector<std::uint32_t> of_kept = current_.members(kept);
    std::vector<std::uint32_t> of_joined = current_.members(joined);
    if (of_kept.size() < of_joined.size()) {
        std::swap(kept, joined);
        std::swap(of_kept, of_joined);
    }
    for (const std::uint32_t member : of_joined) {
        current_.links.edit(member).root = kept + 1;
    }
    const std::uint32_t after_kept = current_.next(kept);
    const std::uint32_t after_joined = current_.next(joined);
    current_.links.edit(kept).next = after_joined + 1;
    current_.links.edit(joined).next = after_kept + 1;
    current_.links.edit(joined).joined = position + 1;
    note(kept, current_.earliest_of(joined));
    ++current_.merged;
}

void Customers::erase(const std::vector<std::uint32_t>& ordinals) {
    for (const std::uint32_t ordinal : ordinals) {
        current_.links.edit(ordinal) = {.root = CustomersView::erased + 1, .next = 0};
        current_.earliest.edit(ordinal).at = instant_max;
    }
    current_.merged -= ordinals.size() - 1;
    ids_->unlink(ordinals);
}

CustomersView Customers::publish() {
    CustomersView view;
    view.ids = ids_;
    view.slots = ids_->slots();
    view.size = ids_->size();
    view.links = current_.links.snapshot();
    view.earliest = current_.earliest.snapshot();
    view.merged = current_.merged;
    return view;
}

std::size_t Customers::bytes() const {
    return ids_->bytes() + current_.links.bytes() + current_.earliest.bytes();
}

}  // namespace fineline::columns
