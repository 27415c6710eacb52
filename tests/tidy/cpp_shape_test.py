"""The reader of functions, on sources whose functions are known."""

import unittest

from cpp_shape import functions, without_literals

SOURCE = '''
#include <map>

namespace demo {

struct Point {
    int x{0};
    explicit Point(int a, std::map<int, int> b = {{1, 2}}) : x{a}, y_(b.size()) {
        x += 1;
    }
    bool operator()(int a) const { return a > x; }
    friend auto operator<=>(const Point&, const Point&) = default;
};

constexpr std::array<int, 3> table{1, 2, 3};
const auto doubled = [](int a) { return a * 2; };

template <class T>
std::function<void(int, int)> long_one(
    const T& first,
    std::function<bool(int, int, int)> second,
    int third) {
    // a brace in a comment: {
    const char* text = "}";
    const int million = 1'000'000;
    if (million > 1) {
        return [text](int, int) { use(text); };
    }
    return {};
}

}  // namespace demo
'''


class FunctionsTest(unittest.TestCase):
    def test_finds_each_function_with_its_parameters(self):
        found = [(function.name, function.parameters) for function in functions(SOURCE)]
        self.assertEqual([("Point", 2), ("operator()", 1), ("long_one", 3)], found)

    def test_counts_lines_between_the_braces(self):
        lengths = {function.name: function.body_lines for function in functions(SOURCE)}
        self.assertEqual({"Point": 1, "operator()": 0, "long_one": 7}, lengths)

    def test_says_where_a_function_begins(self):
        self.assertEqual([8, 11, 18], [function.line for function in functions(SOURCE)])

    def test_literals_vanish_and_lines_stay(self):
        self.assertEqual(SOURCE.count("\n"), without_literals(SOURCE).count("\n"))
        self.assertEqual('const char* s = "   ";', without_literals('const char* s = "a{b";'))
        self.assertNotIn("hidden", without_literals('auto s = R"x(hidden " ) )x";  // hidden too'))


if __name__ == "__main__":
    unittest.main()
