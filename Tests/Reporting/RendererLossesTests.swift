import Testing

@testable import Reporting

@Suite("Lost renderers")
struct RendererLossesTests {
    @Test("three over one document are too many; another document's, and those before it was made, do not count")
    func three() {
        let losses = RendererLosses()
        #expect(!losses.another(of: 1) && !losses.another(of: 1) && !losses.another(of: 2))
        #expect(losses.another(of: 1))
        #expect(!losses.another(of: 2))
        losses.forget(2)
        #expect(!losses.another(of: 2) && !losses.another(of: 2))
        #expect(losses.another(of: 2))
    }
}
