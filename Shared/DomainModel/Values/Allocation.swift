extension Money {
    /// Splits the amount by weights so that the parts add up to it exactly: each gets its share cut down to the smallest
    /// unit, and the units left over go to the largest remainders, earlier parts first among equals (spec 9.4).
    /// - Throws: ``MoneyError/noWeights`` when the weights are empty, all zero, or one is negative.
    public func allocated(by weights: [Int64]) throws(MoneyError) -> [Money] {
        let total = weights.reduce(Int128(0)) { $0 + Int128($1) }
        guard total > 0, weights.allSatisfy({ $0 >= 0 }) else { throw .noWeights }
        let amount = Int128(minor.magnitude)
        var shares: [Int128] = []
        var remainders: [(index: Int, remainder: Int128)] = []
        for (index, weight) in weights.enumerated() {
            let (share, remainder) = (amount * Int128(weight)).quotientAndRemainder(dividingBy: total)
            shares.append(share)
            remainders.append((index, remainder))
        }
        let leftOver = Int(amount - shares.reduce(0, +))
        remainders.sort { ($1.remainder, $0.index) < ($0.remainder, $1.index) }
        for place in remainders.prefix(leftOver) { shares[place.index] += 1 }
        let sign: Int128 = minor < 0 ? -1 : 1
        return shares.map { Money(minor: Int64($0 * sign), currency: currency) }
    }
}
