using Xunit;

namespace BridgeNet.Kernel.Tests;

/// <summary>
/// How often something was done, for whoever reads the log: with the test (<c>dotnet test --output Detailed</c>) and as a diagnostic
/// message.
/// </summary>
internal static class Counts
{
    public static void Print(string text)
    {
        TestContext.Current.TestOutputHelper?.WriteLine(text);
        TestContext.Current.SendDiagnosticMessage(text);
    }
}
