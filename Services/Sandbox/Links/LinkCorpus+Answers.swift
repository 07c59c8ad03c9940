import DomainModel

#if canImport(Glibc)
    import Glibc
#endif

// What a server answers: statuses, redirects, charsets, broken pages, traps.
extension LinkCorpus {
    private static func redirect(_ name: String, _ status: Int, to location: String) -> CorpusPage {
        CorpusPage(name, nil).with(\.status, status).with(\.headers, [("Location", location)])
    }

    static let statuses: [CorpusPage] =
        [
            (404, "gone"), (410, "gone"), (401, "blocked"), (403, "blocked"), (429, "blocked"), (451, "blocked"),
            (400, "unreachable"), (418, "unreachable"), (500, "unreachable"), (502, "unreachable"),
            (503, "unreachable"),
            (504, "unreachable"), (204, "missing"), (203, "live"),
        ].map { status, verdict in
            CorpusPage("status-\(status)", LinkVerdict(rawValue: verdict), status == 204 ? "" : post(link)).with(
                \.status,
                status
            )
        } + [
            CorpusPage("status-503-later", .blocked, post(link)).with(\.status, 503).header("Retry-After", "120"),
            CorpusPage("status-503-challenge", .blocked, "<title>Just a moment...</title>").with(\.status, 503)
                .header("cf-mitigated", "challenge"),
            CorpusPage("status-300", .unreachable, post(link)).with(\.status, 300),
            CorpusPage("type-pdf", .missing, "%PDF-1.7 \(link)").type("application/pdf"),
            CorpusPage("type-plain-text", .missing, post(link)).type("text/plain"),
            CorpusPage("type-json", .missing, "{\"html\": \"x\"}").type("application/json"),
            CorpusPage("type-xhtml", .live, post(link)).type("application/xhtml+xml; charset=utf-8"),
            CorpusPage("type-none", .live, post(link)).type(nil),
            CorpusPage("type-image", .missing, "GIF89a\u{1}\u{2}").type("image/gif"),
            CorpusPage("robots-forbidden", .blocked, post(link)).with(\.host, "forbidding"),
            CorpusPage("robots-allowed", .live, post(link)).with(\.host, "forbidding-others"),
            CorpusPage("robots-broken", .live, post(link)).with(\.host, "mumbling"),
            CorpusPage("robots-faulty", .live, post(link)).with(\.host, "robots-faulty"),
            CorpusPage("robots-crawl-delay", .live, post(link)).with(\.host, "unhurried"),
        ]

    /// What hosts say to robots, by their first label; others have no such page.
    static func robots(of host: String) -> (status: Int, text: String)? {
        switch host {
        case "forbidding": (200, "User-agent: *\nDisallow: /corpus/\n")
        case "forbidding-others":
            (200, "User-agent: otherbot\nDisallow: /\n\nUser-agent: *\nDisallow: /private/\nAllow: /\n")
        case "mumbling": (200, "\u{FEFF}<html>not found</html>\r\nDisallow\r\n:::\r\nUser-agent\r\n")
        case "robots-faulty": (500, "")
        case "unhurried": (200, "User-agent: *\nCrawl-delay: 0.2\n")
        default: nil
        }
    }

    static let redirects: [CorpusPage] = [
        redirect("redirect-301", 301, to: "{origin}/corpus/plain").with(\.verdict, .live),
        redirect("redirect-302", 302, to: "/corpus/plain").with(\.verdict, .live),
        redirect("redirect-303", 303, to: "plain").with(\.verdict, .live),
        redirect("redirect-307", 307, to: "//pages.localhost:{port}/corpus/plain").with(\.verdict, .live),
        redirect("redirect-308", 308, to: "/corpus/plain#part").with(\.verdict, .live),
        redirect("redirect-other-host", 301, to: "http://moved.localhost:{port}/corpus/plain").with(\.verdict, .live),
        redirect("redirect-chain-5", 301, to: "/corpus/redirect-chain-4").with(\.verdict, .live),
        redirect("redirect-chain-4", 302, to: "/corpus/redirect-chain-3"),
        redirect("redirect-chain-3", 301, to: "/corpus/redirect-chain-2"),
        redirect("redirect-chain-2", 302, to: "/corpus/redirect-chain-1"),
        redirect("redirect-chain-1", 301, to: "/corpus/plain"),
        redirect("redirect-chain-6", 301, to: "/corpus/redirect-chain-5").with(\.verdict, .refused),
        redirect("redirect-self", 301, to: "/corpus/redirect-self").with(\.verdict, .refused),
        redirect("redirect-circle", 302, to: "/corpus/redirect-circle-2").with(\.verdict, .refused),
        redirect("redirect-circle-2", 302, to: "/corpus/redirect-circle"),
        redirect("redirect-home", 301, to: "/corpus/none").with(\.verdict, .missing),
        redirect("redirect-to-gone", 301, to: "/corpus/status-410").with(\.verdict, .gone),
        redirect("redirect-to-target", 301, to: "/corpus/none-soft-404").with(\.verdict, .missing),
        redirect("redirect-without-location", 301, to: "x").with(\.headers, []).with(\.verdict, .unreachable),
        redirect("redirect-metadata", 302, to: "http://169.254.169.254/latest/meta-data/").with(\.verdict, .refused),
        redirect("redirect-loopback", 302, to: "http://127.0.0.1/admin").with(\.verdict, .refused),
        redirect("redirect-loopback-port", 302, to: "http://127.0.0.1:{port}/corpus/plain").with(\.verdict, .refused),
        redirect("redirect-decimal-address", 302, to: "http://2130706433/").with(\.verdict, .refused),
        redirect("redirect-mapped-address", 302, to: "http://[::ffff:127.0.0.1]/").with(\.verdict, .refused),
        redirect("redirect-private", 302, to: "http://10.0.0.1/").with(\.verdict, .refused),
        redirect("redirect-file", 302, to: "file:///etc/passwd").with(\.verdict, .refused),
        redirect("redirect-javascript", 302, to: "javascript:alert(1)").with(\.verdict, .refused),
        redirect("redirect-gopher", 302, to: "gopher://127.0.0.1:6379/_FLUSHALL").with(\.verdict, .refused),
    ]

    private static func encoded(_ text: String, _ charset: String) -> [UInt8] {
        let converter = iconv_open(charset, "UTF-8")
        defer { iconv_close(converter) }
        var input = Array(text.utf8).map { CChar(bitPattern: $0) }
        var output = [CChar](repeating: 0, count: input.count * 4 + 16)
        var written = 0
        input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                var (from, left): (UnsafeMutablePointer<CChar>?, Int) = (source.baseAddress, source.count)
                var (to, room): (UnsafeMutablePointer<CChar>?, Int) = (target.baseAddress, target.count)
                _ = iconv(converter, &from, &left, &to, &room)
                written = target.count - room
            }
        }
        return output.prefix(written).map { UInt8(bitPattern: $0) }
    }

    private static func written(
        _ name: String,
        in charset: String,
        _ words: String,
        header: Bool,
        meta: String? = nil
    ) -> CorpusPage {
        let text = post("<a href=\"\(target)\">\(words)</a>", charset: meta ?? "utf-8")
        return CorpusPage(name, .live).with(\.body, encoded(text, charset)).with(\.anchorText, words)
            .type(header ? "text/html; charset=\(charset)" : "text/html")
    }

    static let encodings: [CorpusPage] = [
        written("charset-utf8-header", in: "utf-8", "żółte banery", header: true),
        written(
            "charset-latin1-header",
            in: "iso-8859-1",
            "bannières à l'œil".replacing("œ", with: "oe"),
            header: true
        ),
        written("charset-latin1-meta", in: "iso-8859-1", "bannières", header: false, meta: "iso-8859-1"),
        written("charset-windows-1251", in: "windows-1251", "виниловые баннеры", header: true),
        written("charset-koi8", in: "koi8-r", "баннеры", header: false, meta: "koi8-r"),
        written("charset-shift-jis", in: "shift_jis", "ビニール表バナー", header: true),
        written("charset-euc-jp", in: "euc-jp", "横断幕", header: false, meta: "euc-jp"),
        written("charset-gb18030", in: "gb18030", "乙烯基横幅", header: true),
        written("charset-big5", in: "big5", "乙烯基橫幅", header: false, meta: "big5"),
        written("charset-euc-kr", in: "euc-kr", "비닐 배너", header: true),
        CorpusPage("charset-utf16-mark", .live)
            .with(\.body, [0xFF, 0xFE] + encoded(post("<a href=\"\(target)\">żółte</a>"), "utf-16le")).with(
                \.anchorText,
                "żółte"
            )
            .type("text/html"),
        CorpusPage("charset-mark-beats-header", .live)
            .with(\.body, [0xEF, 0xBB, 0xBF] + Array(post("<a href=\"\(target)\">żółte</a>").utf8)).with(
                \.anchorText,
                "żółte"
            )
            .type("text/html; charset=iso-8859-1"),
        written("charset-header-beats-meta", in: "windows-1251", "баннеры", header: true, meta: "utf-8"),
        written("charset-unknown", in: "utf-8", "żółte", header: false, meta: "x-nonsense"),
        CorpusPage("charset-none-latin1", .live).with(
            \.body,
            encoded("<p><a href=\(target)>bannières</a>", "iso-8859-1")
        )
        .with(\.anchorText, "bannières").type("text/html"),
        CorpusPage("charset-wrong", .live).with(
            \.body,
            encoded(post("<a href=\"\(target)\">bannières</a>"), "iso-8859-1")
        )
        .type("text/html; charset=utf-8"),
    ]

    static let broken: [CorpusPage] = [
        CorpusPage("broken-unclosed", .live, "<html><body><div><p><b>Text \(link) <i>and on"),
        CorpusPage("broken-no-html", .live, link),
        CorpusPage("broken-crossed", .live, post("<b><i>\(link)</b></i>")),
        CorpusPage("broken-unclosed-link", .live, post("<a href=\"\(target)\">vinyl banners<p>more</p>")),
        CorpusPage("broken-link-in-link", .live, post("<a href=\"https://x.example/\">x \(link)</a>")),
        CorpusPage("broken-stray-ends", .live, post("</div></span></p></article>\(link)</a></a>")),
        CorpusPage("broken-stray-signs", .live, post("1 < 2 && 3 > 2 <> <3 &bogus; &#xFFFFFFF; \(link)")),
        CorpusPage("broken-two-bodies", .live, "<html><body><p>x</p></body></html><html><body>\(link)</body></html>"),
        CorpusPage("broken-body-in-head", .live, "<html><head><div>x</div></head><body>\(link)</body></html>"),
        CorpusPage("broken-zero-bytes", .live, "<p>a\u{0}b\u{0}</p>\(link)"),
        CorpusPage(
            "broken-doctype",
            .live,
            "<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\" \"http://www.w3.org/x.dtd\" [<!ENTITY x \"y\">]>\(link)"
        ),
        CorpusPage("broken-xml-declaration", .live, "<?xml version=\"1.0\" encoding=\"utf-8\"?>" + post(link)),
        CorpusPage("broken-cut-in-link", .missing, String(post("").prefix(200)) + "<a href=\"\(target)"),
        CorpusPage("broken-unclosed-comment", .missing, "<p>x</p><!-- \(link)"),
        CorpusPage("broken-unclosed-script", .missing, "<p>x</p><script>var a = 1; \(link)"),
        CorpusPage("broken-unclosed-quote", .missing, "<p>x</p><a href=\"\(target)>vinyl banners</a>"),
        CorpusPage("broken-binary", .missing).with(
            \.body,
            (0..<4_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }
        ),
        CorpusPage("broken-nesting", .live, String(repeating: "<div>", count: 400) + link),
        CorpusPage(
            "broken-uppercase-everything",
            .live,
            "<HTML><BODY><P><A HREF=\"\(target)\" REL=\"NOOPENER\">VINYL</A></BODY>"
        ),
        CorpusPage("broken-custom-elements", .live, post("<x-card><my-link-list>\(link)</my-link-list></x-card>")),
    ]

    static let traps: [CorpusPage] = [
        CorpusPage("trap-endless", .unreachable).with(\.host, "trap-1").with(\.behaviour, .endless),
        CorpusPage("trap-slow", .unreachable, post(link)).with(\.host, "trap-2").with(\.behaviour, .slow),
        CorpusPage("trap-half", .unreachable, post(link)).with(\.host, "trap-3").with(\.behaviour, .half),
        CorpusPage("trap-silent", .unreachable).with(\.host, "trap-4").with(\.behaviour, .silent),
        CorpusPage("trap-reset", .unreachable).with(\.host, "trap-5").with(\.behaviour, .reset),
        CorpusPage("trap-bomb", .unreachable).with(\.host, "trap-6").with(\.body, Deflate.zeros(megabytes: 128))
            .header("Content-Encoding", "gzip"),
        CorpusPage("trap-not-gzip", .unreachable, post(link)).with(\.host, "trap-7").header("Content-Encoding", "gzip"),
        CorpusPage("trap-large", .unreachable, post(link) + String(repeating: "<p>word</p>", count: 450_000)).with(
            \.host,
            "trap-8"
        ),
        CorpusPage(
            "trap-deep",
            .unreachable,
            String(repeating: "<b>", count: 300_000) + String(repeating: "</i>", count: 300_000) + link
        ),
        CorpusPage("trap-many-elements", .unreachable, String(repeating: "<br>", count: 400_000) + link),
        CorpusPage(
            "trap-attributes",
            .live,
            post("<p " + (0..<2_000).map { "a\($0)=x" }.joined(separator: " ") + ">x</p>\(link)")
        ),
        CorpusPage("trap-entities", .live, post(String(repeating: "&amp;lt;&notit;&#65;", count: 20_000) + link)),
        CorpusPage(
            "trap-long-address",
            .missing,
            post("<a href=\"\(target)?\(String(repeating: "a", count: 100_000))\">x</a>")
        ),
        CorpusPage(
            "long-article",
            .live,
            post(
                String(
                    repeating: "<p>A paragraph with <b>bold</b> words and <a href=\"/p\">a link</a>.</p>\n",
                    count: 300
                ) + link
            )
        ),
    ]
}

/// Just enough of gzip (RFC 1951, 1952) to promise more than was sent.
enum Deflate {
    /// So many megabytes of zeros in about a two-hundredth of that: one zero byte, then "258 bytes from one byte ago" again
    /// and again, in fixed Huffman codes.
    static func zeros(megabytes: Int) -> [UInt8] {
        var writer = BitWriter(bytes: [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255])
        writer.write(0b011, 3)  // the last block, fixed codes
        writer.write(0b0000_1100, 8)  // the literal 0: codes lie there with their highest bit first
        for _ in 0..<(megabytes << 20) / 258 { writer.write(0b00000_1010_0011, 13) }  // length 258, distance 1
        writer.write(0, 7)  // the end of the block
        return writer.finished + [0, 0, 0, 0, 0, 0, 0, 0]
    }

    private struct BitWriter {
        var bytes: [UInt8]
        private var held: UInt32 = 0
        private var count: UInt32 = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        /// A number, its lowest bit first.
        mutating func write(_ value: UInt32, _ bits: UInt32) {
            held |= value << count
            count += bits
            while count >= 8 {
                bytes.append(UInt8(truncatingIfNeeded: held))
                held >>= 8
                count -= 8
            }
        }

        var finished: [UInt8] { count > 0 ? bytes + [UInt8(truncatingIfNeeded: held)] : bytes }
    }
}
