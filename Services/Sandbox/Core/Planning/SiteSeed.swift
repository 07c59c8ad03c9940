/// Chance that follows from a site's domain, so that the core does the same for it in every run.
enum SiteSeed {
    /// FNV-1a over the words.
    static func dice(_ words: String...) -> SplitMix64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in words.joined(separator: "\u{1F}").utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return SplitMix64(seed: hash)
    }
}
