using System.Runtime.CompilerServices;

namespace BridgeNet.Kernel.Tests;

/// <summary>What this program does before any test is looked for.</summary>
internal static class Start
{
    [ModuleInitializer]
    internal static void EnterUserNamespace() => UserNamespace.Enter();
}
