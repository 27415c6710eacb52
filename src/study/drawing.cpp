#include "study/drawing.h"

#include "base/text.h"

#include <cmath>

namespace fineline::study {

namespace {

std::string_view to_string(Anchor anchor) {
    switch (anchor) {
        case Anchor::start: return "start";
        case Anchor::middle: return "middle";
        case Anchor::end: return "end";
    }
    return {};
}

}  // namespace

std::string coordinate(double value) {
    return number_text(std::round(value * 10) / 10);
}

std::string escaped_markup(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '&': out += "&amp;"; break;
            case '"': out += "&quot;"; break;
            default: out += c;
        }
    }
    return out;
}

Drawing::Drawing()
    : out_(
          "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1280 720\" width=\"1280\" "
          "height=\"720\" font-family=\"Helvetica, Arial, sans-serif\">\n"
          "<rect width=\"1280\" height=\"720\" fill=\"#ffffff\"/>\n") {}

void Drawing::write(const Label& label) {
    out_ += "<text x=\"" + coordinate(label.at.x) + "\" y=\"" + coordinate(label.at.y) +
            "\" font-size=\"" + std::to_string(label.size) + "\" fill=\"" +
            std::string(label.colour) + "\" text-anchor=\"" + std::string(to_string(label.anchor)) +
            "\" paint-order=\"stroke\" stroke=\"#ffffff\" stroke-width=\"5\" "
            "stroke-linejoin=\"round\">" +
            escaped_markup(label.words) + "</text>\n";
}

void Drawing::stroke(const Point& from, const Point& to, std::string_view style) {
    out_ += "<line x1=\"" + coordinate(from.x) + "\" y1=\"" + coordinate(from.y) + "\" x2=\"" +
            coordinate(to.x) + "\" y2=\"" + coordinate(to.y) + "\" " + std::string(style) + "/>\n";
}

void Drawing::dot(const Point& at, std::string_view colour, double radius) {
    out_ += "<circle cx=\"" + coordinate(at.x) + "\" cy=\"" + coordinate(at.y) + "\" r=\"" +
            coordinate(radius) + "\" fill=\"" + std::string(colour) +
            "\" stroke=\"#ffffff\" stroke-width=\"2\"/>\n";
}

void Drawing::curve(std::string_view points, std::string_view colour, std::string_view dashes) {
    out_ += "<polyline points=\"" + std::string(points) + "\" fill=\"none\" stroke=\"" +
            std::string(colour) + "\" stroke-width=\"3\" stroke-linejoin=\"round\"";
    out_ += dashes.empty() ? "/>\n" : " stroke-dasharray=\"" + std::string(dashes) + "\"/>\n";
}

void Drawing::area(std::string_view points, std::string_view colour) {
    out_ += "<polygon points=\"" + std::string(points) + "\" fill=\"" + std::string(colour) +
            "\" opacity=\"0.14\"/>\n";
}

std::string Drawing::finish() const {
    return out_ + "</svg>\n";
}

}  // namespace fineline::study
