import Testing

@testable import Sandbox

@Suite struct FormValueTests {
    @Test("brackets nest, plus is a blank, percent is decoded")
    func nesting() throws {
        let form = try FormValue.decode(
            "customer=cus_1&metadata[order+id]=7%2B1&metadata[b]=&expand[]=x&expand[]=y.z".utf8
        )
        #expect(form["customer"] == .text("cus_1"))
        #expect(form["metadata"] == .object(["order id": .text("7+1"), "b": .text("")]))
        #expect(form["expand"] == .list([.text("x"), .text("y.z")]))
    }

    @Test("numbered keys from zero are a list, others are not")
    func numbered() throws {
        #expect(try FormValue.decode("a[1]=y&a[0]=x".utf8)["a"] == .list([.text("x"), .text("y")]))
        #expect(try FormValue.decode("a[1]=y&a[2]=x".utf8)["a"] == .object(["1": .text("y"), "2": .text("x")]))
    }

    @Test("bracketed names may be percent-encoded themselves")
    func encodedBrackets() throws {
        #expect(try FormValue.decode("metadata%5Bk%5D=v".utf8)["metadata"] == .object(["k": .text("v")]))
    }

    @Test(
        "what cannot be read is refused",
        arguments: ["a[b=1", "a]b[=1&[x]=2", "a=%4", "a=%zz", "a=%ff", "a=1&a[b]=2", "a[]=1&a[b]=2"]
    )
    func malformed(_ text: String) {
        #expect(throws: FormError.self) { try FormValue.decode(text.utf8) }
    }

    @Test("a parameter nobody takes is refused by name")
    func unknown() throws {
        var parameters = StripeParameters(try FormValue.decode("amount=5&period[start]=1&period[oops]=2".utf8))
        #expect(try parameters.integer("amount") == 5)
        var period = try #require(try parameters.object("period"))
        _ = try period.integer("start")
        let error = #expect(throws: StripeError.self) { try period.finish() }
        #expect(error?.code == "parameter_unknown")
        #expect(error?.param == "period[oops]")
    }

    @Test("metadata is merged, and an empty value removes its key")
    func metadata() throws {
        var parameters = StripeParameters(try FormValue.decode("metadata[a]=2&metadata[b]=".utf8))
        #expect(try parameters.metadata(onto: ["a": "1", "b": "1", "c": "1"]) == ["a": "2", "c": "1"])
    }

    @Test("the fingerprint does not depend on the order, and no value can pretend to be two")
    func fingerprint() throws {
        func fingerprint(_ text: String) throws -> [UInt8] { RequestFingerprint.of(try FormValue.decode(text.utf8)) }
        #expect(try fingerprint("a=1&b[c]=2") == fingerprint("b[c]=2&a=1"))
        #expect(try fingerprint("a=1&b=2") != fingerprint("a=1t1%3Ab&b=2"))
        #expect(try fingerprint("a=12") != fingerprint("a=1&b=2"))
    }
}
