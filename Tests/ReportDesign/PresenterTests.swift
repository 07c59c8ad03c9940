import Charts
import DomainModel
import Foundation
import Testing

@testable import ReportDesign

@Suite("Presented reports")
struct PresenterTests {
    private static func text(of html: String) -> String {
        html.replacing(/<style>.*?<\/style>/, with: "").replacing(/<(desc|text)[^>]*>[^<]*<\/\1>/, with: "")
            .replacing(/<[^>]*>/, with: "\n").replacing("&amp;", with: "&").replacing("&#39;", with: "'")
            .replacing("&quot;", with: "\"").split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty }.joined(separator: "\n") + "\n"
    }

    @Test("the same facts and design give the same bytes, also from what was stored")
    func same() throws {
        for example in Examples.all {
            let document = try ReportPresenter.document(example.data, example.design)
            let stored = try ReportData(json: example.data.json)
            #expect(try ReportPresenter.document(stored, example.design) == document)
            let design = try JSONDecoder().decode(ReportDesign.self, from: JSONEncoder().encode(example.design))
            #expect(design == example.design)
        }
    }

    @Test("a white-labelled document names neither the house nor its maker, and Ahrefs in all themes")
    func whiteLabel() throws {
        for example in Examples.all {
            let document = try ReportPresenter.document(example.data, example.design)
            let whole = (document.html + document.styleSheets.joined() + document.title + document.author).lowercased()
            #expect(!whole.contains("igny8") && !whole.contains("alorig"), "\(example.name)")
            #expect(whole.contains("domain rating by ahrefs"))
        }
    }

    @Test("tiles keep to what they hold, columns add up, and links are web addresses", arguments: 0..<12)
    func limits(_ index: Int) throws {
        let example = Examples.all[index]
        func check(_ view: View) {
            if let change = view["change"]?.renderText { #expect(change.count <= 24, "\(change)") }
            if let value = view["value"]?.renderText { #expect((value.count > 11) == (view["is_long"] != nil)) }
            if case .list(let columns) = view["columns"] {
                let width = columns.compactMap { Int($0["width"]?.renderText.dropLast() ?? "") }.reduce(0, +)
                #expect(width == 100)
                if case .list(let rows) = view["rows"] {
                    for row in rows {
                        if case .list(let cells) = row["cells"] { #expect(cells.count == columns.count) }
                    }
                }
            }
            if let href = view["href"]?.renderText { #expect(href.hasPrefix("http")) }
            switch view {
            case .object(let members): members.values.forEach(check)
            case .list(let items): items.forEach(check)
            default: break
            }
        }
        check(ReportView.view(of: example.data, example.design))
    }

    @Test("a section left out is not there, an empty one says so, losses are always told")
    func sections() throws {
        let left = try ReportPresenter.document(Examples.leftOut(), Examples.design()).html
        #expect(
            left.contains("id=\"traffic\"") && !left.contains("id=\"social\"") && !left.contains("id=\"backlinks\"")
        )
        #expect(left.contains("One article behind. This page is part of every report."))
        let nothing = try ReportPresenter.document(Examples.nothing(), Examples.design()).html
        #expect(
            nothing.contains("Nothing was posted in the week.")
                && nothing.contains("Nothing was lost and nothing is late.")
        )
    }

    @Test("500 links are each listed, under their order and invoice")
    func links() throws {
        let html = try ReportPresenter.document(Examples.links(500), Examples.design()).html
        #expect(html.contains("links delivered under order 1041, invoice 2026-000184"))
        #expect((0..<500).allSatisfy { html.contains("https://\($0).example/post-\($0)") })
    }

    @Test("a brand's colours can be read on the page, whatever they are")
    func contrast() throws {
        for color in ["#ffe600", "#0b5c7d", "#ffffff", "#000000", "#d71920", "#808080"] {
            let view = Brand.view(Examples.design(primary: color), client: "x")
            func contrast(_ name: String, _ other: String) -> Double {
                guard let one = RGBColor(view[name]?.renderText ?? ""), let two = RGBColor(other) else { return 0 }
                return one.contrast(with: two)
            }
            #expect(contrast("primary_text", color) >= 4.5)
            #expect(contrast("primary_on_light", "#ffffff") >= 4.5 && contrast("primary_on_dark", "#12171e") >= 4.5)
        }
    }

    @Test("the language of a name is told by its letters")
    func languages() {
        for (name, language) in [
            ("Hartwell", nil), ("خوبصورت باورچی خانے", "ur"), ("مطابخ الأناقة", "ar"), ("آشپزخانه پارس", "fa"),
            ("上海厨房", "zh"), ("東京キッチン", "ja"), ("서울 주방", "ko"), ("Кухни", "ru"),
        ] as [(String, String?)] {
            #expect(NameLanguage.of(name) == language, "\(name)")
        }
    }

    @Test("figures are written as English writes them")
    func figures() {
        #expect(English.count(-12_480) == "−12,480" && English.count(999) == "999")
        #expect(English.percent(122, of: 1_000) == "12.2\u{A0}%" && English.percent(-1, of: 8) == "−12.5\u{A0}%")
        #expect(English.percent(1, of: 0) == "–" && English.percent(5, of: 100) == "5\u{A0}%")
        #expect(English.money(Money(minor: 310_000, currency: .usd)) == "$3,100.00")
        #expect(English.money(Money(minor: 1_234_500, currency: .bhd)) == "BHD\u{A0}1,234.500")
        #expect(English.money(Money(minor: -5, currency: .jpy)) == "−¥5")
        #expect(English.things(1, "link") == "one link" && English.things(0, "link") == "no links")
        #expect(English.page("https://www.a.example/x?y", of: "a.example") == "/x?y")
        #expect(English.page("https://b.example/x", of: "a.example") == "b.example/x")
    }

    /// `REPORT_GOLDEN=1` writes them anew; read the difference before it is committed.
    @Test("two reports read as they did", arguments: ["monthly", "nothing"])
    func golden(_ name: String) throws {
        let example = try #require(Examples.all.first { $0.name == name })
        let text = Self.text(of: try ReportPresenter.document(example.data, example.design).html)
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden/\(name).txt")
        if ProcessInfo.processInfo.environment["REPORT_GOLDEN"] != nil {
            try Data(text.utf8).write(to: file)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == text)
    }
}
