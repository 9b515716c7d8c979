namespace BridgeNet.Pester.Tests;

/// <summary>A failure as Pester tells it, with the stack of the script.</summary>
internal sealed class PesterException(string message, string? stack) : Exception(message)
{
    public override string? StackTrace => stack;
}
