import DomainModel

// What stands on a page: links as they are written, hidden, and not there.
extension LinkCorpus {
    private static func a(_ attributes: String, _ words: String = "vinyl banners") -> String {
        "<a \(attributes)>\(words)</a>"
    }
    private static func to(_ url: String, _ words: String = "vinyl banners") -> String { a("href=\"\(url)\"", words) }

    static let plain: [CorpusPage] = [
        CorpusPage("plain", .live, post(link)).with(\.anchorText, "vinyl banners"),
        CorpusPage("plain-single-quotes", .live, post("<a href='\(target)'>vinyl banners</a>")),
        CorpusPage("plain-no-quotes", .live, post("<a href=\(target)>vinyl banners</a>")),
        CorpusPage("plain-upper-case", .live, post("<A HREF=\"\(target)\">vinyl banners</A>")),
        CorpusPage("plain-spaces-in-tag", .live, post("<a\n  class='x'\n  href = \"\(target)\"\n>vinyl banners</a >")),
        CorpusPage("plain-spaces-in-href", .live, post(to("\n  \(target)  "))),
        CorpusPage(
            "plain-many-attributes",
            .live,
            post(a("target=_blank data-x='<a>' href=\"\(target)\" title=\"a > b\""))
        ),
        CorpusPage(
            "plain-two-hrefs",
            .live,
            post("<a href=\"\(target)\" href=\"https://other.example/\">vinyl banners</a>")
        ),
        CorpusPage(
            "plain-second-of-two-hrefs",
            .missing,
            post("<a href=\"https://other.example/\" href=\"\(target)\">x</a>")
        ),
        CorpusPage("none", .missing, post("<p>No link here.</p>")),
        CorpusPage("none-empty-page", .missing, "").type("text/html"),
        CorpusPage("none-only-text", .missing, post("<p>See \(target) for more.</p>")),
        CorpusPage("none-escaped", .missing, post("<pre>&lt;a href=\"\(target)\"&gt;vinyl banners&lt;/a&gt;</pre>")),
        CorpusPage("none-without-href", .missing, post(a("data-href=\"\(target)\""))),
        CorpusPage("none-name-anchor", .missing, post(a("name=\"\(target)\""))),
        CorpusPage("none-button", .missing, post("<button onclick=\"location='\(target)'\">vinyl banners</button>")),
        CorpusPage("none-javascript", .missing, post(to("javascript:location.assign('\(target)')"))),
        CorpusPage("none-form", .missing, post("<form action=\"\(target)\"><button>vinyl banners</button></form>")),
        CorpusPage("none-link-element", .missing, post("", head: "<link rel=\"related\" href=\"\(target)\">")),
        CorpusPage("none-image-source", .missing, post("<img src=\"\(target)\" alt=\"vinyl banners\">")),
        CorpusPage("none-through-redirector", .missing, post(to("https://publisher.example/out?url=\(target)"))),
        CorpusPage("none-soft-404", .missing, post("<h2>Sorry, this page does not exist any more.</h2>")),
        CorpusPage("none-blockquote-cite", .missing, post("<blockquote cite=\"\(target)\">vinyl banners</blockquote>")),
        CorpusPage(
            "image-map",
            .live,
            post("<map name=m><area href=\"\(target)\" alt=\"banners\" coords=\"0,0,9,9\"></map>")
        ),
        CorpusPage("several-mixed", .live, post(a("rel=nofollow href=\"\(target)\"", "first") + link)).with(
            \.anchorText,
            "vinyl banners"
        ),
        CorpusPage(
            "several-none-followed",
            .nofollow,
            post(a("rel=nofollow href=\"\(target)\"") + a("rel=ugc href=\"\(target)\""))
        ),
        CorpusPage("several-one-hidden", .live, post("<div hidden>\(link)</div>\(link)")),
        CorpusPage(
            "several-hundreds",
            .live,
            post(String(repeating: to("https://elsewhere.example/p", "x"), count: 800) + link)
        ),
    ]

    static let words: [CorpusPage] = [
        CorpusPage("words-nested", .live, post(to(target, "<b>vinyl</b> <i><span>banners</span></i>"))).with(
            \.anchorText,
            "vinyl banners"
        ),
        CorpusPage("words-entities", .live, post(to(target, "vinyl&nbsp;&amp;&#32;mesh"))).with(
            \.anchorText,
            "vinyl & mesh"
        ),
        CorpusPage("words-over-lines", .live, post(to(target, "\n  vinyl\n\t banners\n"))).with(
            \.anchorText,
            "vinyl banners"
        ),
        CorpusPage("words-broken-by-br", .live, post(to(target, "vinyl<br>banners"))).with(
            \.anchorText,
            "vinyl banners"
        ),
        CorpusPage("words-image-with-alt", .live, post(to(target, "<img src=/b.jpg alt=\"vinyl banners\">"))).with(
            \.anchorText,
            "vinyl banners"
        ),
        CorpusPage("words-image-without-alt", .live, post(to(target, "<img src=/b.jpg>"))).with(\.anchorText, ""),
        CorpusPage("words-svg", .live, post(to(target, "<svg viewBox='0 0 1 1'><path d='M0 0'/></svg>"))),
        CorpusPage("words-none", .missing, post(to(target, ""))),
        CorpusPage("words-blank", .missing, post(to(target, " &nbsp;\u{200B} "))),
        CorpusPage("words-emoji", .live, post(to(target, "👉 banners"))).with(\.anchorText, "👉 banners"),
        CorpusPage("words-hidden-inside", .live, post(to(target, "vinyl<span hidden> cheap casino</span> banners")))
            .with(\.anchorText, "vinyl banners"),
        CorpusPage("words-block-link", .live, post(to(target, "<div><h3>vinyl</h3><p>banners</p></div>"))),
        CorpusPage("words-comment-inside", .live, post(to(target, "vinyl<!-- not --> banners"))).with(
            \.anchorText,
            "vinyl banners"
        ),
        CorpusPage("words-very-long", .live, post(to(target, String(repeating: "banner ", count: 3_000)))),
    ]

    static let sights: [CorpusPage] = [
        CorpusPage("hidden-comment", .missing, post("<!-- \(link) -->")),
        CorpusPage("hidden-comment-over-lines", .missing, post("<!--\n<p>\n\(link)\n</p>\n-->")),
        CorpusPage("hidden-conditional-comment", .missing, post("<!--[if IE]>\(link)<![endif]-->")),
        CorpusPage("hidden-script", .missing, post("<script>document.write('\(link)')</script>")),
        CorpusPage(
            "hidden-script-json",
            .missing,
            post("<script type=\"application/ld+json\">{\"html\": \"\(link.replacing("\"", with: "'"))\"}</script>")
        ),
        CorpusPage("hidden-style", .missing, post("<style>/* \(link) */</style>")),
        CorpusPage("hidden-template", .missing, post("<template><p>\(link)</p></template>")),
        CorpusPage("hidden-noscript", .missing, post("<noscript><p>\(link)</p></noscript>")),
        CorpusPage("hidden-textarea", .missing, post("<textarea>\(link)</textarea>")),
        CorpusPage("hidden-iframe", .missing, post("<iframe src=/x>\(link)</iframe>")),
        CorpusPage("hidden-iframe-srcdoc", .missing, post("<iframe srcdoc='\(link)'></iframe>")),
        CorpusPage("hidden-select", .missing, post("<select><option>\(link)</option></select>")),
        CorpusPage("hidden-attribute", .missing, post("<p hidden>\(link)</p>")),
        CorpusPage("hidden-attribute-on-link", .missing, post(a("hidden href=\"\(target)\""))),
        CorpusPage("hidden-display-none", .missing, post("<div style=\"display: none\"><p>\(link)</p></div>")),
        CorpusPage(
            "hidden-display-none-important",
            .missing,
            post("<div style=\"color:red;DISPLAY : NONE !important;\">\(link)</div>")
        ),
        CorpusPage("hidden-visibility", .missing, post("<div style=\"visibility:hidden\">\(link)</div>")),
        CorpusPage("hidden-opacity", .missing, post("<div style=\"opacity:0\">\(link)</div>")),
        CorpusPage("hidden-font-size", .missing, post("<span style=\"font-size:0px\">\(link)</span>")),
        CorpusPage("hidden-off-screen", .missing, post("<div style=\"position:absolute; left:-9999px\">\(link)</div>")),
        CorpusPage("hidden-indent", .missing, post("<p style=\"text-indent:-9999px\">\(link)</p>")),
        CorpusPage("hidden-no-height", .missing, post("<div style=\"height:0;overflow:hidden\">\(link)</div>")),
        CorpusPage(
            "hidden-clipped",
            .missing,
            post("<div style=\"position:absolute;clip:rect(0 0 0 0)\">\(link)</div>")
        ),
        CorpusPage("seen-after-comment", .live, post("<!-- x -- > -->\(link)")),
        CorpusPage("seen-after-hidden", .live, post("<div hidden><p>x</p></div>\(link)")),
        CorpusPage("seen-opacity-half", .live, post("<div style=\"opacity:0.5; font-size:0.9em\">\(link)</div>")),
        CorpusPage("seen-indent-little", .live, post("<p style=\"text-indent:-20px\">\(link)</p>")),
        CorpusPage("seen-aria-hidden", .live, post("<div aria-hidden=\"true\">\(link)</div>")),
        CorpusPage("seen-details", .live, post("<details><summary>More</summary>\(link)</details>")),
        CorpusPage("seen-script-with-tags", .live, post("<script>if (a < b) { x = '</div>' }</script>\(link)")),
        CorpusPage("seen-beside-noscript", .live, post("<noscript><img src=/p.gif></noscript>\(link)")),
        CorpusPage("seen-in-table", .live, post("<table><tr><td>\(link)</table>")),
        CorpusPage("seen-in-list", .live, post("<ul><li>\(link)<li>x</ul>")),
    ]

    static let addresses: [CorpusPage] = [
        CorpusPage("address-http", .live, post(to("http://client.example/products/banners"))),
        CorpusPage("address-www", .live, post(to("https://www.client.example/products/banners"))),
        CorpusPage("address-protocol-relative", .live, post(to("//client.example/products/banners"))),
        CorpusPage("address-slash", .live, post(to("https://client.example/products/banners/"))),
        CorpusPage("address-fragment", .live, post(to(target + "#sizes"))),
        CorpusPage("address-upper-case-host", .live, post(to("HTTPS://Client.Example/products/banners"))),
        CorpusPage("address-port", .live, post(to("https://client.example:443/products/banners"))),
        CorpusPage("address-final-dot", .live, post(to("https://client.example./products/banners"))),
        CorpusPage("address-dot-segments", .live, post(to("https://client.example/shop/../products/./banners"))),
        CorpusPage("address-escapes", .live, post(to("https://client.example/product%73/b%61nners"))),
        CorpusPage("address-backslashes", .live, post(to("https:\\\\client.example\\products\\banners"))),
        CorpusPage("address-tracking", .live, post(to(target + "?utm_source=blog&amp;utm_medium=link&amp;gclid=1"))),
        CorpusPage("address-query", .live, post(to("https://client.example/shop?size=a&amp;utm_source=x&amp;colour=b")))
            .with(\.target, "https://client.example/shop?size=a&colour=b"),
        CorpusPage("address-other-query", .missing, post(to("https://client.example/shop?size=b")))
            .with(\.target, "https://client.example/shop?size=a"),
        CorpusPage("address-other-page", .missing, post(to("https://client.example/products/flags"))),
        CorpusPage("address-home-page", .missing, post(to("https://client.example/"))),
        CorpusPage("address-path-case", .missing, post(to("https://client.example/Products/Banners"))),
        CorpusPage("address-longer", .missing, post(to(target + "-cheap"))),
        CorpusPage("address-subdomain", .missing, post(to("https://shop.client.example/products/banners"))),
        CorpusPage("address-look-alike", .missing, post(to("https://client.example.evil.example/products/banners"))),
        CorpusPage("address-user-info", .missing, post(to("https://client.example@evil.example/products/banners"))),
        CorpusPage("address-other-port", .missing, post(to("https://client.example:8443/products/banners"))),
        CorpusPage("address-target-with-slash", .live, post(link)).with(\.target, target + "/?utm_campaign=x"),
        CorpusPage("address-root", .live, post(to("https://client.example"))).with(\.target, "https://client.example/"),
        CorpusPage("address-idn", .live, post(to("https://bücher.example/karten"))).with(
            \.target,
            "https://xn--bcher-kva.example/karten"
        ),
        CorpusPage("address-idn-punycode", .live, post(to("https://xn--bcher-kva.example/karten"))).with(
            \.target,
            "https://bücher.example/karten"
        ),
        CorpusPage("address-path-outside-ascii", .live, post(to("https://client.example/straße/größe")))
            .with(\.target, "https://client.example/stra%C3%9Fe/gr%C3%B6%C3%9Fe"),
        CorpusPage(
            "address-relative-base",
            .live,
            post(to("banners"), head: "<base href=\"https://client.example/products/\">")
        ),
        CorpusPage("address-relative-no-base", .missing, post(to("banners"))),
        CorpusPage("address-relative-own-page", .live, post(to("../articles/banners"))).with(
            \.target,
            "{origin}/articles/banners"
        ),
        CorpusPage(
            "address-base-after",
            .live,
            post("<p>x</p>\(link)", head: "<base href=\"https://other.example/\">")
        ),
        CorpusPage(
            "address-two-bases",
            .live,
            post(
                to("/products/banners"),
                head: "<base href=\"https://client.example/\"><base href=\"https://other.example/\">"
            )
        ),
    ]

    static let orders: [CorpusPage] = [
        CorpusPage("rel-nofollow", .nofollow, post(a("rel=\"nofollow\" href=\"\(target)\""))),
        CorpusPage("rel-sponsored", .nofollow, post(a("rel=\"sponsored\" href=\"\(target)\""))),
        CorpusPage("rel-ugc", .nofollow, post(a("rel=\"ugc\" href=\"\(target)\""))),
        CorpusPage("rel-many", .nofollow, post(a("rel=\"noopener  NoFollow noreferrer\" href=\"\(target)\""))),
        CorpusPage("rel-commas", .nofollow, post(a("rel=\"noopener,nofollow\" href=\"\(target)\""))),
        CorpusPage("rel-noopener", .live, post(a("rel=\"noopener noreferrer external\" href=\"\(target)\""))),
        CorpusPage("rel-dofollow", .live, post(a("rel=\"dofollow\" href=\"\(target)\""))),
        CorpusPage("meta-noindex", .noindex, post(link, head: "<meta name=\"robots\" content=\"noindex,follow\">")),
        CorpusPage("meta-none", .noindex, post(link, head: "<meta name=robots content=none>")),
        CorpusPage("meta-upper-case", .noindex, post(link, head: "<META NAME=\"ROBOTS\" CONTENT=\"NOINDEX\">")),
        CorpusPage("meta-googlebot", .noindex, post(link, head: "<meta name=googlebot content=noindex>")),
        CorpusPage("meta-nofollow", .nofollow, post(link, head: "<meta name=robots content=\"index, nofollow\">")),
        CorpusPage(
            "meta-index",
            .live,
            post(link, head: "<meta name=robots content=\"index, follow, max-image-preview:large\">")
        ),
        CorpusPage("meta-other-robot", .live, post(link, head: "<meta name=somebot content=noindex>")),
        CorpusPage("meta-in-comment", .live, post(link, head: "<!-- <meta name=robots content=noindex> -->")),
        CorpusPage(
            "meta-two",
            .noindex,
            post(link, head: "<meta name=robots content=index><meta name=robots content=noindex>")
        ),
        CorpusPage("header-noindex", .noindex, post(link)).header("X-Robots-Tag", "noindex, nofollow"),
        CorpusPage("header-noindex-second", .noindex, post(link)).header("X-Robots-Tag", "max-snippet: 20").header(
            "X-Robots-Tag",
            "noindex"
        ),
        CorpusPage("header-googlebot", .noindex, post(link)).header("X-Robots-Tag", "googlebot: noindex"),
        CorpusPage("header-other-robot", .live, post(link)).header("X-Robots-Tag", "otherbot: noindex, nofollow"),
        CorpusPage("header-nofollow", .nofollow, post(link)).header("X-Robots-Tag", "nofollow"),
        CorpusPage("header-unavailable-after", .live, post(link)).header(
            "X-Robots-Tag",
            "unavailable_after: 25 Jun 2030 15:00:00 PST"
        ),
        CorpusPage(
            "canonical-self",
            .live,
            post(link, head: "<link rel=canonical href=\"{origin}/corpus/canonical-self\">")
        ),
        CorpusPage(
            "canonical-relative",
            .live,
            post(link, head: "<link rel=canonical href=\"/corpus/canonical-relative/\">")
        ),
        CorpusPage(
            "canonical-other",
            .canonicalized,
            post(link, head: "<link rel=\"canonical\" href=\"https://original.example/post\">")
        ),
        CorpusPage(
            "canonical-other-path",
            .canonicalized,
            post(link, head: "<link href=\"{origin}/articles/1\" rel=\"canonical\">")
        ),
        CorpusPage("canonical-header", .canonicalized, post(link)).header(
            "Link",
            "</style.css>; rel=preload, <https://original.example/post>; rel=\"canonical\""
        ),
        CorpusPage("canonical-header-self", .live, post(link)).header(
            "Link",
            "<{origin}/corpus/canonical-header-self>; rel=canonical"
        ),
        CorpusPage(
            "canonical-in-body",
            .live,
            post("<link rel=canonical href=\"https://original.example/post\">" + link)
        ),
        CorpusPage(
            "canonical-two-differ",
            .live,
            post(
                link,
                head: "<link rel=canonical href=https://one.example/><link rel=canonical href=https://two.example/>"
            )
        ),
        CorpusPage(
            "canonical-noindex",
            .noindex,
            post(
                link,
                head: "<meta name=robots content=noindex><link rel=canonical href=https://one.example/>"
            )
        ),
        CorpusPage(
            "canonical-none-missing",
            .missing,
            post("", head: "<link rel=canonical href=https://one.example/>")
        ),
    ]
}
