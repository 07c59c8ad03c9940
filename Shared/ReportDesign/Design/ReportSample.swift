public import DomainModel

/// A report of an imaginary client with something in each section: what a customer's template is tried with.
public enum ReportSample {
    /// The facts. A test reads them, so that they cannot fail here.
    public static let data: ReportData = {
        let text = String(decoding: PackageResources.data_json, as: UTF8.self)
        guard let data = try? ReportData(json: text) else { preconditionFailure("the sample is no report") }
        return data
    }()
}
