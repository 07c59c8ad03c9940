import DomainModel
import Testing

@Suite struct BrandDomainTests {
    @Test(
        "a host name in its one form, www. kept, other scripts as punycode",
        arguments: [
            ("Reports.Agency.example", "reports.agency.example"), ("www.agency.example", "www.agency.example"),
            (" berichte.Bücher.example. ", "berichte.xn--bcher-kva.example"),
            ("例え。テスト", "xn--r8jz45g.xn--zckzah"), ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ]
    )
    func normalised(text: String, name: String) {
        #expect(BrandDomain(text)?.name == name)
    }

    @Test(
        "what is no host name of two labels is none",
        arguments: [
            "", ".", "localhost", "https://agency.example", "agency.example/x", "agency.example:443", "10.0.0.1",
            "[::1]", "-a.example", "a-.example", "a..example", "a b.example", "a_b.example",
            String(repeating: "a", count: 64) + ".example", String(repeating: "abc.", count: 64) + "example",
        ]
    )
    func refused(text: String) {
        #expect(BrandDomain(text) == nil)
    }

    @Test("a host, what lies above it and below it are related; others are not")
    func related() throws {
        for text in ["app.house.example", "house.example", "x.app.house.example"] {
            #expect(try #require(BrandDomain(text)).isRelated(to: "app.house.example"), "\(text)")
        }
        for text in ["other.house.example", "myapp.house.example", "agency.example"] {
            #expect(try !#require(BrandDomain(text)).isRelated(to: "app.house.example"), "\(text)")
        }
    }

    @Test("a code is read as people write it, and shown in fours")
    func codes() {
        let code = VerificationCode("olxy-2345 6789-abcd")
        #expect(code?.text == "01XY23456789ABCD")
        #expect(code?.grouped == "01XY-2345-6789-ABCD")
        for text in ["", "01XY23456789ABC", "01XY23456789ABCDE", "U1XY23456789ABCD", "01XY23456789ABC/"] {
            #expect(VerificationCode(text) == nil, "\(text)")
        }
    }
}
