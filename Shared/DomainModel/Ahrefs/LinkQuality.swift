/// How much a link is worth, from what Ahrefs says about the site it stands on (spec 4, `verify_backlinks_via_ahrefs`).
public enum LinkQuality {
    /// 0 to 100: up to 60 for the site's rating, up to 25 for its visits by their order of magnitude, 15 for a link that is
    /// followed; half of that where Ahrefs takes the link for spam.
    /// - Returns: nil where the rating is not known.
    public static func score(ratingTenths: Int?, traffic: Int?, isDofollow: Bool, isSpam: Bool) -> Int? {
        guard let ratingTenths else { return nil }
        var magnitude = 0
        var visits = traffic ?? 0
        while visits > 0, magnitude < 5 {
            visits /= 10
            magnitude += 1
        }
        let score = min(max(ratingTenths, 0), 1_000) * 60 / 1_000 + magnitude * 5 + (isDofollow ? 15 : 0)
        return isSpam ? score / 2 : score
    }
}
