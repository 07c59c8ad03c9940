import DomainModel

/// One page of the link corpus: what a publisher's server answers, and what a look at it for a link has to come to.
struct CorpusPage: Sendable {
    /// How the server behaves.
    enum Behaviour: Sendable {
        case plain
        /// A byte in each half second.
        case slow
        /// Half of what was promised, then the connection ends.
        case half
        /// Ten gigabytes.
        case endless
        /// Nothing, ever.
        case silent
        /// The connection is cut before an answer.
        case reset
    }

    /// The last part of its path.
    let name: String
    /// The first label of its host.
    var host = "pages"
    /// Where the link is to lead.
    var target = LinkCorpus.target
    /// What a look comes to; nil for a page that only helps another.
    var verdict: LinkVerdict?
    /// What the link's words are found to be, where that is part of the case.
    var anchorText: String?
    var status = 200
    /// `{origin}` is replaced by the page's own, `{port}` by the port.
    var headers: [(name: String, value: String)] = [("Content-Type", "text/html; charset=utf-8")]
    var body: [UInt8] = []
    /// Whether its text has a place to fill.
    var hasPlaces = false
    var behaviour = Behaviour.plain

    /// A page of this text.
    init(_ name: String, _ verdict: LinkVerdict?, _ text: String = "") {
        self.name = name
        self.verdict = verdict
        body = Array(text.utf8)
        hasPlaces = text.contains("{origin}") || text.contains("{port}")
    }

    /// Changes one thing.
    func with<Value>(_ path: WritableKeyPath<CorpusPage, Value>, _ value: Value) -> CorpusPage {
        var page = self
        page[keyPath: path] = value
        return page
    }

    /// Adds a header.
    func header(_ name: String, _ value: String) -> CorpusPage { with(\.headers, headers + [(name, value)]) }

    /// Has another content type, or none.
    func type(_ type: String?) -> CorpusPage {
        with(\.headers, headers.filter { $0.name != "Content-Type" } + (type.map { [("Content-Type", $0)] } ?? []))
    }
}

extension LinkCorpus {
    /// The page that most links of the corpus are to lead to.
    static let target = "https://client.example/products/banners"
    static let link = "<a href=\"\(target)\">vinyl banners</a>"

    /// A page as publishers write them, around a text.
    static func post(_ text: String, head: String = "", charset: String = "utf-8") -> String {
        """
        <!doctype html>
        <html lang="en"><head><meta charset="\(charset)"><title>How to choose a banner</title>
        <link rel="stylesheet" href="/style.css">\(head)</head>
        <body class="single"><nav><a href="/">Home</a> <a href="/about?a=1&amp;b=2">About</a></nav>
        <article><h1>How to choose a banner</h1><p>Some words before it.</p>
        \(text)
        <p>And some after it, with <a href="https://elsewhere.example/">another link</a>.</p></article>
        <footer>&copy; 2026</footer></body></html>
        """
    }

    /// Every page, by name.
    static let pages: [String: CorpusPage] = Dictionary(
        uniqueKeysWithValues: (plain + words + sights + addresses + orders + statuses + redirects + encodings + broken
            + traps)
            .map { ($0.name, $0) }
    )

    /// Those that are cases, by name.
    static let cases: [CorpusPage] = pages.values.filter { $0.verdict != nil }.sorted { $0.name < $1.name }
}

/// Pages that publishers serve, as they come on the web: every way to place a link, to hide it, and to answer badly.
enum LinkCorpus {}
