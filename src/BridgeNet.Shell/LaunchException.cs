namespace BridgeNet.Shell;

/// <summary>pwsh could not be started; the message says what to do.</summary>
internal sealed class LaunchException(string message) : Exception(message);
