import DomainModel
import Foundation
import Testing

@Suite struct TenancyTests {
    @Test(
        "one site has one domain, however it is typed",
        arguments: [
            "banner-printing.co.uk", "https://WWW.Banner-Printing.co.uk/shop/?a=1#b",
            " http://banner-printing.co.uk:8080 ",
            "banner-printing.co.uk.", "//www.banner-printing.co.uk",
        ]
    )
    func sameDomain(text: String) {
        #expect(Domain(text)?.name == "banner-printing.co.uk")
    }

    @Test(
        "what is no public host name is no domain",
        arguments: [
            "", "localhost", "127.0.0.1", "a..b", "-a.com", "a-.com", "a_b.com", "exa mple.com", "http://",
            "x.com:99999",
            "bücher.de", "[::1]", "user@x.com", String(repeating: "a", count: 64) + ".com",
        ]
    )
    func noDomain(text: String) {
        #expect(Domain(text) == nil)
    }

    @Test("www is kept when nothing would be left of the name")
    func bareWWW() {
        #expect(Domain("www.com")?.name == "www.com")
    }

    @Test(
        "e-mail addresses are one text in lower case",
        arguments: [
            (" Ann@Example.COM ", "ann@example.com"), ("a.b+c@sub.example.org", "a.b+c@sub.example.org"),
        ]
    )
    func email(text: String, normal: String) {
        #expect(EmailAddress(text)?.rawValue == normal)
    }

    @Test(
        "what no mail server would take is no address",
        arguments: [
            "", "a", "a@", "@b.com", "a@b", "a@@b.com", "a b@c.com", "a@b.com\r\nBcc: x@y.com", "a,b@c.com",
            "<a@b.com>",
            ".a@b.com", "a..b@c.com", "a@b.com.", "a@https://b.com", String(repeating: "a", count: 65) + "@b.com",
        ]
    )
    func noEmail(text: String) {
        #expect(EmailAddress(text) == nil)
    }

    @Test("roles include those below them")
    func roles() {
        for (index, role) in UserRole.allCases.enumerated() {
            for (other, below) in UserRole.allCases.enumerated() { #expect(role.includes(below) == (index >= other)) }
        }
        #expect(StaffRole.admin.includes(.accountManager) && !StaffRole.accountManager.includes(.admin))
    }

    @Test("a key opens nothing once it has expired or been revoked")
    func keys() {
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        func key(expires: Date?, revoked: Date?) -> ApiKey {
            ApiKey(
                id: 1,
                accountID: 1,
                name: "ci",
                prefix: "ig8_x",
                scopes: [.sitesRead],
                expiresAt: expires,
                revokedAt: revoked,
                lastUsedAt: nil
            )
        }
        #expect(key(expires: nil, revoked: nil).isUsable(at: now))
        #expect(!key(expires: now, revoked: nil).isUsable(at: now))
        #expect(key(expires: now + 1, revoked: nil).isUsable(at: now))
        #expect(!key(expires: nil, revoked: now).isUsable(at: now))
        #expect(ApiScope.importWrite.isWrite && !ApiScope.reportsRead.isWrite)
    }
}
