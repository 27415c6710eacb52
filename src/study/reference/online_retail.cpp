#include "base/instant.h"
#include "base/text.h"
#include "study/methods/rfm.h"
#include "study/reference/topics.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>
#include <unordered_map>

namespace fineline::study {

namespace {

constexpr std::string_view own = "computed apart from this program, from the same file";

struct Buyer {
    std::set<std::string, std::less<>> invoices{};
    double money = 0;
};

struct Fits {
    double with_customer = 0;
    double not_cancelled = 0;
    double kept = 0;
    std::unordered_map<std::string, Buyer> buyers{};
    std::vector<double> money{};  ///< descending
    RfmScores scored{};
    bool sound = true;

    [[nodiscard]] double orders() const {
        return std::accumulate(
            buyers.begin(), buyers.end(), 0.0, [](double sum, const auto& buyer) {
                return sum + static_cast<double>(buyer.second.invoices.size());
            });
    }

    [[nodiscard]] double one_order() const {
        return static_cast<double>(
            std::count_if(buyers.begin(), buyers.end(), [](const auto& buyer) {
                return buyer.second.invoices.size() == 1;
            }));
    }

    [[nodiscard]] double total() const { return std::accumulate(money.begin(), money.end(), 0.0); }

    /// Of money, that of the fifth of customers who spent most.
    [[nodiscard]] double top_fifth() const {
        const auto fifth =
            static_cast<std::ptrdiff_t>(std::llround(0.2 * static_cast<double>(money.size())));
        return std::accumulate(money.begin(), money.begin() + fifth, 0.0) / total();
    }

    [[nodiscard]] double money_of(const std::string& customer) const {
        const auto found = buyers.find(customer);
        return found == buyers.end() ? std::numeric_limits<double>::quiet_NaN()
                                     : found->second.money;
    }
};

using Row = ReferenceRow<Fits>;
constexpr auto within = Nearness::within;

constexpr std::array rows{
    Row{"lines with a customer",
        406829,
        within,
        0,
        own,
        [](const Fits& f) { return f.with_customer; }},
    Row{"of these not cancelled",
        397924,
        within,
        0,
        own,
        [](const Fits& f) { return f.not_cancelled; }},
    Row{"of these with quantity and price",
        397884,
        within,
        0,
        own,
        [](const Fits& f) { return f.kept; }},
    Row{"customers",
        4338,
        within,
        0,
        own,
        [](const Fits& f) { return static_cast<double>(f.buyers.size()); }},
    Row{"distinct invoices, summed",
        18532,
        within,
        0,
        own,
        [](const Fits& f) { return f.orders(); }},
    Row{"money", 8911407.90, within, .01, own, [](const Fits& f) { return f.total(); }},
    Row{"frequency, 20 % quantile",
        1,
        within,
        0,
        own,
        [](const Fits& f) { return f.scored.frequency_cuts[0]; }},
    Row{"frequency, 40 % quantile",
        2,
        within,
        0,
        own,
        [](const Fits& f) { return f.scored.frequency_cuts[1]; }},
    Row{"frequency, 60 % quantile",
        3,
        within,
        0,
        own,
        [](const Fits& f) { return f.scored.frequency_cuts[2]; }},
    Row{"frequency, 80 % quantile",
        6,
        within,
        0,
        own,
        [](const Fits& f) { return f.scored.frequency_cuts[3]; }},
    Row{"customers with one order",
        1493,
        within,
        0,
        own,
        [](const Fits& f) { return f.one_order(); }},
    Row{"money of the top fifth",
        .7462,
        within,
        .00005,
        own,
        [](const Fits& f) { return f.top_fifth(); }},
    Row{"money of customer 14646",
        280206.02,
        within,
        .01,
        own,
        [](const Fits& f) { return f.money_of("14646"); }},
    Row{"money of the largest customer",
        280206.02,
        within,
        .01,
        own,
        [](const Fits& f) { return f.money.front(); }},
};

void add_line(Fits& fits, std::span<const std::string_view> cells) {
    const auto [invoice, quantity_text, price_text, customer] =
        std::array{cells[0], cells[1], cells[2], cells[3]};
    double quantity = 0;
    double price = 0;
    fits.sound =
        fits.sound && parse_number(quantity_text, quantity) && parse_number(price_text, price);
    if (customer.empty() || !fits.sound) return;
    fits.with_customer += 1;
    if (invoice.substr(0, 1) == "C") return;
    fits.not_cancelled += 1;
    if (quantity <= 0 || price <= 0) return;
    fits.kept += 1;
    const std::string_view number = customer.substr(0, customer.find('.'));
    Buyer& buyer = fits.buyers[std::string(number)];
    buyer.invoices.emplace(invoice);
    buyer.money += quantity * price;
}

Result<std::vector<CheckedNumber>> run(const DataFolders& folders, unsigned) {
    const auto path = find_data_file(
        folders, {"online-retail-2/year_2010_2011.csv", "online-retail/year_2010_2011.csv"});
    if (!path) return path.error();
    Fits fits;
    constexpr std::array<std::string_view, 4> columns{
        "Invoice", "Quantity", "Price", "Customer ID"};
    const auto read = read_csv_file(
        *path, columns, [&](std::span<const std::string_view> cells) { add_line(fits, cells); });
    if (!read) return read.error();
    std::vector<BuyerSummary> buyers;
    for (const auto& [id, buyer] : fits.buyers) {
        buyers.push_back({.recency = 0,
                          .frequency = static_cast<double>(buyer.invoices.size()),
                          .money = buyer.money});
        fits.money.push_back(buyer.money);
    }
    if (!fits.sound || buyers.empty()) {
        return Error{ErrorCode::invalid_argument, *path + " does not hold order lines", {}};
    }
    std::sort(fits.money.rbegin(), fits.money.rend());
    auto scored = rfm_scores(buyers, 5);
    if (!scored) return scored.error();
    fits.scored = std::move(*scored);
    return compared<Fits>(rows, fits);
}

}  // namespace

constinit const ReferenceTopic online_retail_topic{
    .name = "online-retail",
    .title = "RFM quantities, Online Retail II, 2010-12 to 2011-12",
    .takes = RunningTime::seconds,
    .run = run};

}  // namespace fineline::study
