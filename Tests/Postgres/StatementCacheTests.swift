import Testing

@testable import Postgres

@Suite("The cache of prepared statements")
struct StatementCacheTests {
    private func key(_ text: String) -> StatementCache.Key { StatementCache.Key(text: text, types: []) }

    @Test("a statement is prepared once, and sent as text while that is under way")
    func prepares() {
        var cache = StatementCache(capacity: 2)
        #expect(cache.plan(key("a")) == .prepare(name: "s1", evicted: nil))
        #expect(cache.plan(key("a")) == .once)
        cache.confirm(key("a"))
        #expect(cache.plan(key("a")) == .prepared(name: "s1"))
    }

    @Test("the least recently used makes room")
    func evicts() {
        var cache = StatementCache(capacity: 2)
        for text in ["a", "b"] {
            _ = cache.plan(key(text))
            cache.confirm(key(text))
        }
        _ = cache.plan(key("a"))
        #expect(cache.plan(key("c")) == .prepare(name: "s3", evicted: "s2"))
        #expect(cache.count == 2)
    }

    @Test("what is not confirmed is not evicted")
    func keepsUnconfirmed() {
        var cache = StatementCache(capacity: 1)
        _ = cache.plan(key("a"))
        #expect(cache.plan(key("b")) == .once)
    }

    @Test("a failed preparation is tried anew")
    func forgets() {
        var cache = StatementCache(capacity: 2)
        _ = cache.plan(key("a"))
        cache.forget(key("a"))
        #expect(cache.plan(key("a")) == .prepare(name: "s2", evicted: nil))
    }

    @Test("other parameter types are another statement")
    func types() {
        var cache = StatementCache(capacity: 4)
        _ = cache.plan(StatementCache.Key(text: "a", types: [20]))
        #expect(cache.plan(StatementCache.Key(text: "a", types: [25])) == .prepare(name: "s2", evicted: nil))
    }
}
