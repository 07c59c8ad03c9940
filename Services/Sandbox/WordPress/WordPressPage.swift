/// The sites as a visitor and a link checker see them: plain pages with a canonical address.
enum WordPressPage {
    static func home(_ host: String, site: String, _ posts: [WordPressPost]) -> String {
        let items = posts.map { "<li><a href=\"\(site)/\($0.slug)/\">\(Answers.escaped($0.title))</a></li>" }
        return document(host, canonical: "\(site)/", "<ul>\(items.joined())</ul>")
    }

    /// The content is the author's HTML and stands as it is.
    static func post(_ post: WordPressPost, host: String, site: String) -> String {
        document(
            post.title,
            canonical: "\(site)/\(post.slug)/",
            "<article>\(post.content)</article><p><a href=\"\(site)/\">\(Answers.escaped(host))</a></p>"
        )
    }

    static func missing(_ host: String) -> String {
        document("Page not found – \(host)", canonical: nil, "<p>It looks like nothing was found here.</p>")
    }

    private static func document(_ title: String, canonical: String?, _ body: String) -> String {
        let link = canonical.map { "<link rel=\"canonical\" href=\"\(Answers.escaped($0))\">" } ?? ""
        return """
            <!doctype html><html lang="en"><head><meta charset="utf-8"><title>\(Answers.escaped(title))</title>
            <meta name="generator" content="WordPress 6.8">\(link)</head>
            <body><h1>\(Answers.escaped(title))</h1>\(body)</body></html>
            """
    }
}
