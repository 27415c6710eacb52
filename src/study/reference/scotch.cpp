#include "study/reference/answers.h"
#include "study/reference/topics.h"

#include <array>

namespace fineline::study {

namespace {

constexpr std::string_view own = "computed apart from this program, best of 6 starts";

struct Fits {
    std::array<LatentClassFit, 7> of{};  ///< by number of classes
};

using Row = ReferenceRow<Fits>;
constexpr auto at_least = Nearness::at_least;

constexpr std::array rows{
    Row{"LCA K=1, log-likelihood",
        -13995.113,
        Nearness::within,
        .005,
        own,
        [](const Fits& f) { return f.of[1].log_likelihood; }},
    Row{"LCA K=2, log-likelihood",
        -13371.218,
        at_least,
        .05,
        own,
        [](const Fits& f) { return f.of[2].log_likelihood; }},
    Row{"LCA K=3, log-likelihood",
        -13170.713,
        at_least,
        .05,
        own,
        [](const Fits& f) { return f.of[3].log_likelihood; }},
    Row{"LCA K=4, log-likelihood",
        -12984.953,
        at_least,
        .05,
        own,
        [](const Fits& f) { return f.of[4].log_likelihood; }},
    Row{"LCA K=5, log-likelihood",
        -12875.806,
        at_least,
        .05,
        own,
        [](const Fits& f) { return f.of[5].log_likelihood; }},
    Row{"LCA K=6, log-likelihood",
        -12785.936,
        at_least,
        .05,
        own,
        [](const Fits& f) { return f.of[6].log_likelihood; }},
};

constexpr std::array<std::string_view, 21> items{"Chivas.Regal",
                                                 "Dewar.s.White.Label",
                                                 "Johnnie.Walker.Black.Label",
                                                 "J...B",
                                                 "Johnnie.Walker.Red.Label",
                                                 "Other.Brands",
                                                 "Glenlivet",
                                                 "Cutty.Sark",
                                                 "Glenfiddich",
                                                 "Pinch..Haig.",
                                                 "Clan.MacGregor",
                                                 "Ballantine",
                                                 "Macallan",
                                                 "Passport",
                                                 "Black...White",
                                                 "Scoresby.Rare",
                                                 "Grants",
                                                 "Ushers",
                                                 "White.Horse",
                                                 "Knockando",
                                                 "the.Singleton"};

Result<std::vector<CheckedNumber>> run(const DataFolders& folders, unsigned threads) {
    const auto path = find_data_file(folders, {"choice/scotch.csv"});
    if (!path) return path.error();
    const auto answers = read_answers(*path, items, {});
    if (!answers) return answers.error();
    Fits fits;
    for (unsigned classes = 1; classes <= 6; ++classes) {
        auto fit = latent_classes(answers->table,
                                  {.classes = classes,
                                   .starts = classes < 3 ? 4U : 16U,
                                   .tolerance = 1e-8,
                                   .seed = 1,
                                   .threads = threads});
        if (!fit) return fit.error();
        fits.of[classes] = std::move(*fit);
    }
    return compared<Fits>(rows, fits);
}

}  // namespace

constinit const ReferenceTopic scotch_topic{
    .name = "scotch",
    .title = "latent classes, brands of 2,218 whisky drinkers",
    .takes = RunningTime::minutes,
    .run = run};

}  // namespace fineline::study
