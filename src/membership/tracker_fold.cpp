#include "columns/view_state.h"
#include "membership/printed.h"
#include "membership/tracker.h"

#include <algorithm>

// The log's part: whom a batch can have changed, and what becomes of persons who are joined or
// gone.

namespace fineline::membership {

void Tracker::look_at(const std::shared_ptr<const columns::View>& view) {
    view_ = view;
    if (reader_ != nullptr) {
        reader_->look_at(view);
    } else {
        reader_ = std::make_unique<columns::Reader>(view);
        subject_ = std::make_unique<expr::ViewSubject>(*reader_);
    }
    NameCounts names{.events = reader_->event_count(),
                     .properties = 0,
                     .others = std::uint64_t{reader_->trait_count()} +
                               reader_->account_trait_count() + reader_->purpose_count()};
    for (std::uint32_t event = 0; event < reader_->event_count(); ++event) {
        names.properties += reader_->property_count(EventNameId(event));
    }
    if (names != names_bound_) {
        names_bound_ = names;
        bind_all();
    }
}

void Tracker::release_view() {
    subject_.reset();
    reader_.reset();
    view_.reset();
}

void Tracker::before_fold(const RecordBatch& batch) {
    if (view_ == nullptr) {
        return;
    }
    const auto note = [this](std::vector<Person>& persons, std::string_view id) {
        if (const auto found = reader_->find_customer(id)) {
            persons.push_back({.root = found->value(),
                               .printed = printed_row(view_->state().customers, found->value())});
        }
    };
    batch.for_each([&](const RecordView& record) {
        if (record.kind == RecordKind::merge) {
            note(joined_, record.customer);
            note(joined_, record.text);
        } else if (record.kind == RecordKind::erasure && !record.customer.empty()) {
            note(erased_, record.customer);
        }
    });
}

void Tracker::note_erased(std::uint32_t root, std::uint32_t printed) {
    erased_.push_back({.root = root, .printed = printed});
}

void Tracker::after_fold(const RecordBatch& batch,
                         const std::shared_ptr<const columns::View>& view) {
    look_at(view);
    forget_erased();
    join_persons();
    touch(batch);
    evaluate_touched();
    note_erasures(batch);
}

/// After an erasure the rebuild begins anew, on a view without the person; and where the person's
/// records are gone from the log, the numbers of their transitions are passed over.
void Tracker::note_erasures(const RecordBatch& batch) {
    bool has_erasure = false;
    batch.for_each([&](const RecordView& record) {
        if (record.kind != RecordKind::erasure) {
            return;
        }
        has_erasure = true;
        auto properties = record.properties();
        std::uint32_t name = 0;
        Datum value;
        while (properties.next(name, value)) {
            if (batch.names()[name] == changes_property && value.kind() == ValueKind::number) {
                skip_changes_to(static_cast<std::uint64_t>(value.number()));
            }
        }
    });
    if (has_erasure) {
        begin_again();
    }
}

void Tracker::touch_customer(std::uint32_t row, const Places& places) {
    const std::uint32_t root = view_->state().customers.root(row);
    if (root != columns::CustomersView::erased) {
        touches_.push_back({.root = root, .places = &places});
    }
}

void Tracker::touch_account(std::string_view account, const Places& places) {
    const auto rows = account_rows_.find(std::string(account));
    if (rows == account_rows_.end()) {
        return;
    }
    for (const std::uint32_t row : rows->second) {
        touch_customer(row, places);
    }
}

void Tracker::touch_properties(const RecordBatch& batch, const RecordView& record) {
    const bool of_account = record.kind == RecordKind::account_traits;
    const auto customer = of_account ? std::nullopt : reader_->find_customer(record.customer);
    auto properties = record.properties();
    std::uint32_t name = 0;
    Datum value;
    while (properties.next(name, value)) {
        const std::string& trait = batch.names()[name];
        if (of_account) {
            touch_account(record.text, index_.account_trait(trait));
        } else if (customer) {
            touch_customer(customer->value(), index_.trait(trait));
        }
    }
}

void Tracker::touch(const RecordBatch& batch) {
    std::vector<const Places*> of_event(batch.names().size(), nullptr);
    batch.for_each([&](const RecordView& record) {
        switch (record.kind) {
            case RecordKind::event: {
                const auto customer = reader_->find_customer(record.customer);
                const Places*& places = of_event[record.name];
                if (places == nullptr) {
                    places = &index_.event(batch.names()[record.name]);
                }
                if (customer) {
                    touch_customer(customer->value(), *places);
                }
                break;
            }
            case RecordKind::traits:
            case RecordKind::account_traits: touch_properties(batch, record); break;
            case RecordKind::account_join:
                if (const auto customer = reader_->find_customer(record.customer)) {
                    account_rows_[std::string(record.text)].push_back(customer->value());
                    touch_customer(customer->value(), index_.account_join());
                }
                break;
            case RecordKind::consent:
                if (const auto customer = reader_->find_customer(record.customer)) {
                    touch_customer(customer->value(), index_.consent(batch.names()[record.name]));
                }
                break;
            case RecordKind::merge:
            case RecordKind::tombstone:
            case RecordKind::erasure:
            case RecordKind::definition:
            case RecordKind::clock: break;
        }
    });
}

void Tracker::evaluate_touched() {
    std::ranges::stable_sort(touches_, {}, &Touch::root);
    std::vector<const Places*> places;
    std::size_t read = 0;
    for (std::size_t i = 0; i < touches_.size();) {
        if (i >= read) {
            for (read = i; read < std::min(touches_.size(), i + read_ahead_customers); ++read) {
                read_ahead(touches_[read].root);
            }
        }
        const std::uint32_t root = touches_[i].root;
        places.clear();
        for (; i < touches_.size() && touches_[i].root == root; ++i) {
            places.push_back(touches_[i].places);
        }
        renew(root, places, Cause::event);
        note_touched(root);
    }
    touches_.clear();
}

void Tracker::note_touched(std::uint32_t who) {
    if (rebuild_ == nullptr) {
        return;
    }
    if (who >= is_touched_.size()) {
        is_touched_.resize(std::max<std::size_t>(who + 1, is_touched_.size() * 2));
    }
    if (!is_touched_[who]) {
        is_touched_[who] = true;
        touched_.push_back(who);
    }
}

std::vector<std::uint32_t> Tracker::take_touched() {
    std::vector<std::uint32_t> taken = std::exchange(touched_, {});
    for (const std::uint32_t who : taken) {
        is_touched_[who] = false;
    }
    std::ranges::sort(taken);
    return taken;
}

void Tracker::join_persons() {
    const columns::CustomersView& customers = view_->state().customers;
    std::map<std::uint32_t, std::vector<Person>> groups;
    for (const Person& person : std::exchange(joined_, {})) {
        std::vector<Person>& group = groups[customers.root(person.root)];
        const bool is_there = std::ranges::any_of(
            group, [&](const Person& other) { return other.root == person.root; });
        if (!is_there) {
            group.push_back(person);
        }
    }
    for (auto& [root, persons] : groups) {
        std::ranges::sort(persons, {}, &Person::root);
        if (root == columns::CustomersView::erased) {
            for (const Person& person : persons) {
                leave_everything(person, Cause::erasure);
            }
            continue;
        }
        join_group(root, persons);
    }
}

/// Whoever keeps the printed id keeps the memberships held under it; those held under an id that is
/// no longer printed are left, and what the joined history says is then entered anew.
void Tracker::join_group(std::uint32_t root, std::span<const Person> persons) {
    const std::uint32_t printed = printed_row(view_->state().customers, root);
    for (const std::uint32_t place : order_) {
        Slot& slot = slots_[place];
        std::optional<Instant> kept;
        for (const Person& person : persons) {
            if (!memberships_.has(place, person.root)) {
                continue;
            }
            if (person.printed == printed) {
                kept = slot.members.since(person.root);
            } else {
                emit(slot,
                     person.printed,
                     {.at = now_, .direction = Direction::left, .cause = Cause::merge});
            }
            leave(slot, person.root);
        }
        if (kept) {
            enter(slot, root, *kept);
        }
        slot.published = nullptr;
    }
    for (const Person& person : persons) {
        dues_.clear(person.root);
        timers_.set(person.root, instant_max);
        set_known(person.root, false);
        note_touched(person.root);
    }
    renew(root, {}, Cause::merge);
    note_touched(root);
}

void Tracker::forget_erased() {
    for (const Person& person : std::exchange(erased_, {})) {
        leave_everything(person, Cause::erasure);
    }
}

void Tracker::leave_everything(const Person& person, Cause cause) {
    for (const std::uint32_t place : order_) {
        Slot& slot = slots_[place];
        if (memberships_.has(place, person.root)) {
            leave(slot, person.root);
            emit(slot, person.printed, {.at = now_, .direction = Direction::left, .cause = cause});
        }
    }
    dues_.clear(person.root);
    timers_.set(person.root, instant_max);
    set_known(person.root, false);
    note_touched(person.root);
}

void Tracker::index_accounts() {
    account_rows_.clear();
    for (std::uint32_t who = 0; who < reader_->ordinal_count(); ++who) {
        const columns::EventRows joins = reader_->account_joins(CustomerOrdinal(who));
        for (std::uint32_t row = 0; row < joins.size(); ++row) {
            const Datum account = joins.value(PropertyId(0), row);
            if (account.kind() == ValueKind::string) {
                account_rows_[std::string(account.string())].push_back(who);
            }
        }
    }
}

}  // namespace fineline::membership
