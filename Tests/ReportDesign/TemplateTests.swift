import DomainModel
import Foundation
import Mustache
import Testing

@testable import ReportDesign

@Suite("Templates")
struct TemplateTests {
    private static func render(_ html: String, _ data: ReportData = Examples.ordinary()) throws -> String {
        var design = Examples.design()
        design.templateHTML = html
        return try ReportPresenter.document(data, design).html
    }

    private static func fault(_ html: String, _ data: ReportData = Examples.ordinary()) -> TemplateFault? {
        do {
            _ = try render(html, data)
            return nil
        } catch {
            return error as? TemplateFault
        }
    }

    @Test("a customer's own template is filled with the same data, our parts included; names are escaped")
    func own() throws {
        var data = Examples.ordinary()
        data.subject.name = "Tom & <Jerry>"
        let html = try Self.render("<h1>{{client.name}}</h1>{{#sections}}{{heading}};{{> section}}{{/sections}}", data)
        #expect(html.hasPrefix("<h1>Tom &amp; &lt;Jerry&gt;</h1>Executive summary;"))
        #expect(html.contains("<svg") && html.contains("id=\"traffic\""))
    }

    @Test(
        "what is wrong is told with its line",
        arguments: [
            ("<p>\n{{#summary}}\n</p>", 2, "The section \"summary\" is not closed."),
            ("{{/summary}}", 1, "The section \"summary\" is closed and was not opened."),
            (
                "\n\n{{#summary}}{{#brand}}{{/summary}}", 3,
                "The section \"brand\" of line 3 is open, but \"summary\" is closed."
            ),
            ("{{client.nmae}}", 1, "There is no field \"nmae\"."),
            ("a\n{{client.name", 2, "A tag is opened with {{ and never closed."),
            ("{{{client.name}}}", 1, "Only {{{svg}}} may stand unescaped, not \"client.name\"."),
            ("{{&client.name}}", 1, "Only {{{svg}}} may stand unescaped, not \"client.name\"."),
            ("{{> other}}", 1, "There is no part \"other\"; there are block, section and tile."),
            ("{{=<% %>=}}", 1, "The tag {{==<% %>=}} is of a kind that templates may not use."),
            ("{{uppercased(client.name)}}", 1, "\"uppercased(client.name)\" is no name of a field."),
        ]
    )
    func faults(_ html: String, _ line: Int, _ message: String) {
        let fault = Self.fault(html)
        #expect(fault?.line == line)
        if !html.contains("=") { #expect(fault?.message == message) }
    }

    @Test("lists in lists that look outwards are refused before anything is made of them, in no time")
    func explosions() throws {
        let nested = { (depth: Int) in
            String(repeating: "{{#sections}}", count: depth) + "x{{client.name}}"
                + String(repeating: "{{/sections}}", count: depth)
        }
        #expect(Self.fault(nested(3)) == nil)
        let clock = ContinuousClock()
        let time = clock.measure {
            #expect(
                Self.fault(nested(12))?.message.hasPrefix("The section \"sections\" would make more than 4 MB") == true
            )
            #expect(
                Self.fault(nested(17))?.message == "The section \"sections\" lies 17 sections deep; 16 is the most."
            )
            let many = String(
                repeating: "{{#sections}}{{#sections}}{{{svg}}}{{summary.headline}}{{/sections}}{{/sections}}",
                count: 3_000
            )
            #expect(Self.fault(many)?.message.contains("more than 4 MB") == true)
            let links =
                "{{#sections}}{{#blocks}}{{#table.rows}}{{#table.rows}}{{#table.rows}}x{{/table.rows}}{{/table.rows}}{{/table.rows}}{{/blocks}}{{/sections}}"
            #expect(Self.fault(links, Examples.links(500)) != nil)
        }
        // A hundredth of what the renderer may take; an unbounded one would never come back.
        #expect(time < .seconds(20), "\(time)")
    }

    @Test("what is measured is never less than what is made")
    func measured() throws {
        let view = ReportView.view(of: Examples.ordinary(), Examples.design())
        var generator = SystemRandomNumberGenerator()
        let names =
            TemplateFields.names.sorted() + ["summary.headline", "client.name", "table.rows", "brand.name", "."]
        func random(_ depth: Int) -> String {
            (0..<Int.random(in: 1...3, using: &generator)).map { _ -> String in
                let name = names.randomElement(using: &generator) ?? "."
                switch Int.random(in: 0...(depth > 0 ? 4 : 2), using: &generator) {
                case 0: return "<&> é\n"
                case 1: return "{{\(name == "svg" ? "headline" : name)}}"
                case 2:
                    return ["{{{svg}}}", "\n   {{> tile}}\n", "\n\t {{> block}}\n"].randomElement(using: &generator)
                        ?? ""
                case 3: return "{{^\(name)}}\(random(depth - 1)){{/\(name)}}"
                default: return "{{#\(name)}}\(random(depth - 1)){{/\(name)}}"
                }
            }.joined(separator: "-")
        }
        for _ in 0..<300 {
            let html = "{{#sections}}" + random(3) + "{{/sections}}{{#summary}}" + random(2) + "{{/summary}}"
            guard let bytes = try? TemplateMeasure.bytes(of: TemplateReader.parts(of: html), with: view) else {
                continue
            }
            let made = try MustacheTemplate(string: html).render(view, library: HouseTemplates.library)
            #expect(made.utf8.count <= bytes, "\(html)")
        }
    }

    @Test("our own templates use our own fields, and every field is known")
    func fields() throws {
        for html in HouseTemplates.partials.values.map({ $0 }) + [HouseTemplates.reportHTML] {
            _ = try TemplateReader.parts(of: html)
            _ = try MustacheTemplate(string: html)
        }
        _ = try MustacheTemplate(string: HouseTemplates.invoiceHTML)
        func check(_ view: View) {
            switch view {
            case .object(let members):
                for (name, member) in members {
                    #expect(TemplateFields.names.contains(name), "\(name)")
                    check(member)
                }
            case .list(let items): items.forEach(check)
            default: break
            }
        }
        for example in Examples.all.prefix(8) { check(ReportView.view(of: example.data, example.design)) }
        #expect(throws: Never.self) { try ReportHTML.check(HouseTemplates.reportHTML) }
    }
}
