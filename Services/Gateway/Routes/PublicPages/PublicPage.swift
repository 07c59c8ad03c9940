import Foundation
import HTTPTypes
import Hummingbird

/// A page for somebody who holds a report, without a name of the house on it: style in the page, no script, nothing fetched.
struct PublicPage: Sendable {
    var title: String
    /// `#rrggbb`
    var color = "#1f3a5f"
    /// Legible on it.
    var textColor = "#ffffff"
    /// A `data:` address.
    var logo: String?
    /// HTML; what comes from outside in it is escaped.
    var body: String

    static let policy =
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; base-uri 'none'; "
        + "frame-ancestors 'none'"

    func answer(_ status: HTTPResponse.Status = .ok) -> Answer {
        Answer(
            status: status,
            headers: [.contentSecurityPolicy: Self.policy],
            body: Array(html.utf8),
            mediaType: "text/html; charset=utf-8"
        )
    }

    private var html: String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="robots" content="noindex">
        <title>\(title.htmlEscaped)</title>
        <style>
        body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; color: #1b1f24; background: #f4f5f7 }
        header { background: \(color); color: \(textColor); padding: 1.25rem max(1rem, calc(50vw - 22rem)) }
        header img { max-height: 3rem; max-width: 14rem; vertical-align: middle; margin-right: 1rem }
        header strong { font-size: 1.25rem }
        main { max-width: 44rem; margin: 1.5rem auto; padding: 1.5rem; background: #fff; border-radius: .5rem }
        h1 { font-size: 1.4rem; margin: 0 0 1rem } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem }
        dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.5rem; margin: 0 } dd { margin: 0 }
        code { overflow-wrap: anywhere; font-size: .875rem }
        .verdict { padding: .75rem 1rem; border-left: .3rem solid; border-radius: .25rem; background: #f4f5f7 }
        .yes { border-color: #1a7f37 } .older { border-color: #9a6700 } .no { border-color: #cf222e }
        form { margin: .5rem 0 } input[type=text] { width: 100%; box-sizing: border-box; padding: .5rem; font: inherit }
        button { margin-top: .5rem; padding: .5rem 1rem; font: inherit }
        @media (max-width: 40rem) { dl { grid-template-columns: 1fr } dd { margin-bottom: .5rem } main { margin: 0 } }
        </style>
        </head>
        <body>
        \(header)<main>
        \(body)
        </main>
        </body>
        </html>

        """
    }

    private var header: String {
        guard let name = brand else { return "" }
        let picture = logo.map { "<img src=\"\($0)\" alt=\"\">" } ?? ""
        return "<header>\(picture)<strong>\(name.htmlEscaped)</strong></header>\n"
    }

    /// Whose page it is; nil for nobody's.
    var brand: String?

    /// What went wrong, in the same plain words as the API's problem documents.
    static func problem(_ problem: Problem) -> Answer {
        var answer = PublicPage(
            title: problem.title,
            body: "<h1>\(problem.title.htmlEscaped)</h1>\n<p>\(problem.detail.htmlEscaped)</p>"
        ).answer(problem.status)
        for field in problem.headers where field.name != .wwwAuthenticate { answer.headers[field.name] = field.value }
        return answer
    }
}

extension String {
    /// As text and as an attribute's value between double quotes.
    var htmlEscaped: String {
        replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
    }
}
