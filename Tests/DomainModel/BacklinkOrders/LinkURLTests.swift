import DomainModel
import Testing

@Suite("Addresses of links") struct LinkURLTests {
    private func base() throws -> LinkURL { try #require(LinkURL("https://blog.example/a/b/c?d=e#f")) }

    /// RFC 3986, 5.4, as far as it concerns the web.
    @Test(
        "are resolved as the standard says",
        arguments: [
            ("g", "https://blog.example/a/b/g"), ("./g", "https://blog.example/a/b/g"),
            ("g/", "https://blog.example/a/b/g/"),
            ("/g", "https://blog.example/g"), ("//g.example", "https://g.example/"),
            ("?y", "https://blog.example/a/b/c?y"),
            ("g?y", "https://blog.example/a/b/g?y"), ("#s", "https://blog.example/a/b/c?d=e"),
            ("", "https://blog.example/a/b/c?d=e"),
            (".", "https://blog.example/a/b/"), ("..", "https://blog.example/a/"), ("../g", "https://blog.example/a/g"),
            ("../..", "https://blog.example/"), ("../../../g", "https://blog.example/g"),
            ("/./g", "https://blog.example/g"),
            ("/../g", "https://blog.example/g"), ("g.", "https://blog.example/a/b/g."),
            ("./g/../h", "https://blog.example/a/b/h"),
            ("https:g", "https://blog.example/a/b/g"), ("http://x.example:80/", "http://x.example/"),
            ("https://x.example:444/p", "https://x.example:444/p"),
            ("https:/x.example/p", "https://blog.example/x.example/p"),
            ("http:\\\\x.example\\p", "http://x.example/p"), (" https://x.example/a b ", "https://x.example/a%20b"),
            ("https://u:p@x.example/", "https://x.example/"), ("https://x.exa\nmple/", "https://x.example/"),
            ("https://X.Example/%7euser/%c3%a4/ä", "https://x.example/~user/%C3%A4/%C3%A4"),
            ("https://bücher.example/", "https://xn--bcher-kva.example/"),
            ("https://BÜCHER.example/", "https://xn--bcher-kva.example/"),
            ("https://bu\u{308}cher.example/", "https://xn--bcher-kva.example/"),
            ("https://例え.テスト/", "https://xn--r8jz45g.xn--zckzah/"),
            ("https://президент.рф", "https://xn--d1abbgf6aiiy.xn--p1ai/"),
            ("https://x。example/", "https://x.example/"),
        ]
    )
    func resolved(text: String, result: String) throws {
        #expect(LinkURL(text, relativeTo: try base())?.text == result)
    }

    @Test(
        "that lead to no web page are none",
        arguments: [
            "mailto:a@b.example", "javascript:void(0)", "tel:1", "ftp://a.example/", "https://", "https://a b/",
            "https://x:99999/", "data:,x",
        ]
    )
    func none(text: String) throws {
        #expect(LinkURL(text, relativeTo: try base()) == nil)
        #expect(LinkURL("/relative") == nil)
    }

    @Test(
        "are the same page whatever the scheme, www, a final slash, a fragment or what tracks visitors",
        arguments: [
            ("https://a.example/p", "http://www.a.example/p/#x", true),
            ("https://a.example", "https://a.example/", true),
            ("https://a.example/p?utm_source=1&b=2&gclid=3", "https://a.example/p?b=2", true),
            ("https://a.example/p?b=2&c=3", "https://a.example/p?c=3&b=2", false),
            ("https://a.example/p", "https://a.example/P", false),
            ("https://a.example/p", "https://b.a.example/p", false),
            ("https://a.example/p", "https://a.example:8443/p", false),
            ("https://a.example/p", "https://a.example/p/q", false), ("https://www.com/", "https://com/", false),
        ]
    )
    func samePage(left: String, right: String, same: Bool) throws {
        let (left, right) = (try #require(LinkURL(left)), try #require(LinkURL(right)))
        #expect(left.isSamePage(as: right) == same)
    }
}
