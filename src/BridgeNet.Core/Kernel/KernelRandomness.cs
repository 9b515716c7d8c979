using System.Security.Cryptography;

namespace BridgeNet.Kernel;

/// <summary>The kernel's random numbers (getrandom(2)).</summary>
internal sealed class KernelRandomness : IRandomness
{
    /// <inheritdoc/>
    public void Fill(Span<byte> bytes) => RandomNumberGenerator.Fill(bytes);
}
