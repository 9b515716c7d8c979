using BridgeNet.Model;

namespace BridgeNet.TestKit.Core;

/// <summary>What commands on many objects say of those that they left, for tests in which they leave none.</summary>
internal static class Problems
{
    /// <summary>Throws all of them, if there are any.</summary>
    public static void Throw(IReadOnlyList<Problem> problems)
    {
        if (problems.Count > 0)
            throw new BridgeNetException(problems);
    }
}
