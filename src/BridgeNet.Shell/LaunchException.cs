namespace BridgeNet.Shell;

/// <summary>pwsh could not be started, with what the user can do about it.</summary>
internal sealed class LaunchException(string message) : Exception(message);
