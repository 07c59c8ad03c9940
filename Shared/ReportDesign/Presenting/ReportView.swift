import DomainModel

/// The view that report templates are filled with; `Templates/README.md` names every field.
enum ReportView {
    /// In which everything is written.
    static let language = "en-GB"

    static func view(of data: ReportData, _ design: ReportDesign) -> View {
        .object([:])
    }
}
