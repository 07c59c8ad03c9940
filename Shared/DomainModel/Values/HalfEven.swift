/// `numerator / denominator`, rounded to the nearest integer, ties to the even one (spec 2: "half-even at the cent").
///
/// The denominator must be positive; every caller's type guarantees it.
func roundedHalfEven(_ numerator: Int128, _ denominator: Int128) -> Int128 {
    var (quotient, remainder) = numerator.quotientAndRemainder(dividingBy: denominator)
    if remainder < 0 {
        quotient -= 1
        remainder += denominator
    }
    // Compared with what is missing to the next integer, so that nothing is doubled past 128 bits.
    let missing = denominator - remainder
    if remainder > missing || (remainder == missing && !quotient.isMultiple(of: 2)) {
        quotient += 1
    }
    return quotient
}

/// 10 to the power of a small exponent.
func powerOfTen(_ exponent: Int) -> Int128 {
    (0..<exponent).reduce(Int128(1)) { power, _ in power * 10 }
}
