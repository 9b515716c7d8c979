namespace BridgeNet.Kernel.Tests;

/// <summary>Tests that repeat themselves do so often with BRIDGENET_LONG_TESTS=1, which .ci/run sets, and a few times without.</summary>
internal static class LongTests
{
    public static bool Wanted { get; } = Environment.GetEnvironmentVariable("BRIDGENET_LONG_TESTS") == "1";

    public static int Count(int few, int many) => Wanted ? many : few;
}
