import DomainModel
import Mustache

/// The mail that a report comes with, under the name of who reports.
struct ReportLetter: Sendable {
    let reporter: Reporter
    let kind: ReportType
    /// `October 2026`
    let period: String
    let domain: String
    /// The report's first sentence.
    let headline: String?
    let isAttached: Bool
    /// Where the PDF can be fetched, when it is too large to go with the mail.
    let link: String?

    var subject: String { "\(title), \(period): \(domain)" }

    private var title: String {
        switch kind {
        case .weekly: "Weekly report"
        case .monthly: "Monthly report"
        case .quarterly: "Quarterly report"
        }
    }

    fileprivate var content: [String: Any] {
        var content: [String: Any] = [
            "subject": subject, "title": title, "period": period, "domain": domain, "name": reporter.name,
            "color": reporter.color, "accent": reporter.accent, "attached": isAttached,
        ]
        content["headline"] = headline
        content["contact"] = reporter.contact?.rawValue
        content["website"] = reporter.website
        content["link"] = link
        return content
    }
}

/// Gives a ``ReportLetter`` its two forms.
struct ReportLetterForm: Sendable {
    private let text: MustacheTemplate
    private let html: MustacheTemplate

    init() throws {
        text = try MustacheTemplate(string: Self.plain)
        html = try MustacheTemplate(string: Self.rich)
    }

    func render(_ letter: ReportLetter) -> (text: String, html: String) {
        (text.render(letter.content), html.render(letter.content))
    }

    private static let plain = """
        {{% CONTENT_TYPE:TEXT}}
        {{title}} for {{domain}}, {{period}}

        {{#headline}}
        {{headline}}

        {{/headline}}
        {{#attached}}
        The whole report is attached as a PDF.

        {{/attached}}
        {{#link}}
        The whole report: {{link}}

        {{/link}}
        {{#contact}}
        Questions? Write to {{contact}}.

        {{/contact}}
        --\u{20}
        {{name}}
        {{#website}}
        {{website}}
        {{/website}}
        """

    /// Tables and inline styles, because that is what mail programs agree on; no image and no font is fetched. The brand's
    /// colours are stripes without text on them, so that every colour is legible.
    private static let rich = """
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
        <table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px;background:#ffffff;border-radius:12px;border:1px solid #e3e6ee;border-top:6px solid {{color}}">
        <tr><td style="padding:24px 32px 0;font-size:13px;font-weight:600;letter-spacing:.04em;color:#4a5468">{{name}}</td></tr>
        <tr><td style="padding:8px 32px 0"><h1 style="margin:0;font-size:22px;line-height:1.3;color:#111729">{{title}}</h1><p style="margin:4px 0 0;color:#4a5468">{{domain}}, {{period}}</p></td></tr>
        <tr><td style="padding:16px 32px 8px">
        {{#headline}}
        <p style="margin:0 0 16px;padding-left:16px;border-left:3px solid {{accent}}">{{headline}}</p>
        {{/headline}}
        {{#attached}}
        <p style="margin:0 0 16px">The whole report is attached as a PDF.</p>
        {{/attached}}
        {{#link}}
        <p style="margin:8px 0 24px"><a href="{{link}}" style="color:#111729;font-weight:600">Open the whole report</a></p>
        {{/link}}
        </td></tr>
        <tr><td style="padding:16px 32px 24px;border-top:1px solid #e3e6ee;font-size:13px;color:#4a5468">{{#contact}}Questions? Write to <a href="mailto:{{contact}}" style="color:#4a5468">{{contact}}</a>.{{/contact}}{{#website}} <a href="{{website}}" style="color:#4a5468">{{website}}</a>{{/website}}</td></tr>
        </table>
        </td></tr></table>
        </body>
        </html>
        """
}

extension ReportPeriod {
    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]

    /// `5 to 11 October 2026`, `October 2026`, `October to December 2026`.
    var words: String {
        let (first, last) = (Self.months[start.month - 1], Self.months[end.month - 1])
        switch type {
        case .weekly where start.calendarMonth == end.calendarMonth:
            return "\(start.day) to \(end.day) \(last) \(end.year)"
        case .weekly where start.year == end.year:
            return "\(start.day) \(first) to \(end.day) \(last) \(end.year)"
        case .weekly: return "\(start.day) \(first) \(start.year) to \(end.day) \(last) \(end.year)"
        case .monthly: return "\(first) \(start.year)"
        case .quarterly: return "\(first) to \(last) \(start.year)"
        }
    }
}
