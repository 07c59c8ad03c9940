import Mustache

/// Gives a ``Letter`` its two forms.
struct LetterRenderer: Sendable {
    /// A mail's bodies.
    struct Bodies: Sendable {
        let text: String
        let html: String
    }

    private let library: MustacheLibrary
    private let house: MailHouse

    init(house: MailHouse) throws {
        self.house = house
        self.library = MustacheLibrary(
            templates: [
                "text": try MustacheTemplate(string: Self.text),
                "html": try MustacheTemplate(string: Self.html),
            ]
        )
    }

    func render(_ letter: Letter) -> Bodies {
        let action = letter.action.map { ["label": $0.label, "url": $0.url] }
        let content: [String: Any] = [
            "subject": letter.subject, "greeting": letter.greeting, "paragraphs": letter.paragraphs,
            "facts": letter.facts.map { ["name": $0.name, "value": $0.value] }, "hasFacts": !letter.facts.isEmpty,
            "action": action as Any, "closing": letter.closing, "house": house.name, "portal": house.portal,
            "address": house.address,
        ]
        return Bodies(
            text: library.render(content, withTemplate: "text") ?? "",
            html: library.render(content, withTemplate: "html") ?? ""
        )
    }

    private static let text = """
        {{% CONTENT_TYPE:TEXT}}
        {{greeting}}

        {{#paragraphs}}
        {{.}}

        {{/paragraphs}}
        {{#facts}}
        {{name}}: {{value}}
        {{/facts}}
        {{#hasFacts}}

        {{/hasFacts}}
        {{#action}}
        {{label}}: {{url}}

        {{/action}}
        {{#closing}}
        {{.}}

        {{/closing}}
        --\u{20}
        {{house}}
        {{portal}}
        """

    /// Tables and inline styles, because that is what mail programs agree on; no image and no font is fetched.
    private static let html = """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light">
        <title>{{subject}}</title>
        </head>
        <body style="margin:0;padding:0;background:#f3f4f7;color:#1d2433;font:16px/1.55 -apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif">
        <table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="background:#f3f4f7"><tr><td align="center" style="padding:32px 16px">
        <table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px;background:#ffffff;border-radius:12px;border:1px solid #e3e6ee">
        <tr><td style="padding:24px 32px 0;font-size:13px;font-weight:600;letter-spacing:.04em;color:#4a5468">{{house}}</td></tr>
        <tr><td style="padding:8px 32px 0"><h1 style="margin:0;font-size:22px;line-height:1.3;color:#111729">{{subject}}</h1></td></tr>
        <tr><td style="padding:16px 32px 8px">
        <p style="margin:0 0 16px">{{greeting}}</p>
        {{#paragraphs}}
        <p style="margin:0 0 16px">{{.}}</p>
        {{/paragraphs}}
        {{#hasFacts}}
        <table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="margin:0 0 16px;border-top:1px solid #e3e6ee">
        {{#facts}}
        <tr><td style="padding:8px 16px 8px 0;border-bottom:1px solid #e3e6ee;color:#4a5468">{{name}}</td><td align="right" style="padding:8px 0;border-bottom:1px solid #e3e6ee;font-weight:600">{{value}}</td></tr>
        {{/facts}}
        </table>
        {{/hasFacts}}
        {{#action}}
        <p style="margin:8px 0 24px"><a href="{{url}}" style="display:inline-block;padding:12px 20px;border-radius:8px;background:#2447d8;color:#ffffff;font-weight:600;text-decoration:none">{{label}}</a></p>
        {{/action}}
        {{#closing}}
        <p style="margin:0 0 16px">{{.}}</p>
        {{/closing}}
        </td></tr>
        <tr><td style="padding:16px 32px 24px;border-top:1px solid #e3e6ee;font-size:13px;color:#4a5468">Questions? Write to <a href="mailto:{{address}}" style="color:#2447d8">{{address}}</a> or open <a href="{{portal}}" style="color:#2447d8">your portal</a>.</td></tr>
        </table>
        </td></tr></table>
        </body>
        </html>
        """
}
