using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace BridgeNet.Shell;

/// <summary>The host that PowerShell's engine talks to: the console, plainly.</summary>
internal sealed class ShellHost : PSHost
{
    public override string Name => "BridgeNet.Shell";

    public override Version Version => new(0, 1);

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override CultureInfo CurrentCulture => CultureInfo.InvariantCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.InvariantCulture;

    public override PSHostUserInterface UI { get; } = new ConsoleInterface();

    public int ExitCode { get; private set; }

    public bool ExitRequested { get; private set; }

    public override void SetShouldExit(int exitCode) => (ExitCode, ExitRequested) = (exitCode, true);

    public override void EnterNestedPrompt() => throw new PSNotSupportedException();

    public override void ExitNestedPrompt() => throw new PSNotSupportedException();

    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }
}

/// <summary>Lines out to the console and in from it.</summary>
internal sealed class ConsoleInterface : PSHostUserInterface
{
    public override PSHostRawUserInterface RawUI { get; } = new ConsoleSize();

    // Colours are for a terminal; in a file or a pipe they would be noise.
    public override bool SupportsVirtualTerminal => !Console.IsOutputRedirected;

    public override void Write(string value) => Console.Write(Plain(value));

    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) => Console.Write(Plain(value));

    public override void WriteLine(string value) => Console.WriteLine(Plain(value));

    public override void WriteErrorLine(string value) => Console.Error.WriteLine(GetOutputString(value, !Console.IsErrorRedirected));

    public override void WriteDebugLine(string message) => Console.WriteLine($"DEBUG: {message}");

    public override void WriteVerboseLine(string message) => Console.WriteLine($"VERBOSE: {message}");

    public override void WriteWarningLine(string message) => Console.WriteLine($"WARNING: {message}");

    public override void WriteProgress(long sourceId, ProgressRecord record)
    {
    }

    private string Plain(string value) => GetOutputString(value, SupportsVirtualTerminal);

    public override string ReadLine() => Console.ReadLine() ?? "";

    public override SecureString ReadLineAsSecureString() => throw new PSNotSupportedException();

    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) =>
        descriptions.ToDictionary(field => field.Name, field =>
        {
            Console.Write($"{field.Name}: ");
            return PSObject.AsPSObject(ReadLine());
        });

    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) => throw new PSNotSupportedException();

    public override PSCredential PromptForCredential(
        string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options) =>
        throw new PSNotSupportedException();

    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        Console.Write($"{caption}\n{message}\n{string.Join("  ", choices.Select((choice, number) => $"[{number}] {choice.Label.Replace("&", "")}"))} (default {defaultChoice}): ");
        return int.TryParse(Console.ReadLine(), CultureInfo.InvariantCulture, out int chosen) && chosen >= 0 && chosen < choices.Count ? chosen : defaultChoice;
    }
}

/// <summary>How wide a table may be.</summary>
internal sealed class ConsoleSize : PSHostRawUserInterface
{
    public override Size BufferSize { get; set; } = new(Console.IsOutputRedirected ? 120 : Math.Max(Console.WindowWidth, 80), 50);

    public override ConsoleColor BackgroundColor { get; set; }

    public override ConsoleColor ForegroundColor { get; set; }

    public override Coordinates CursorPosition { get; set; }

    public override int CursorSize { get; set; }

    public override bool KeyAvailable => false;

    public override Size MaxPhysicalWindowSize => BufferSize;

    public override Size MaxWindowSize => BufferSize;

    public override Coordinates WindowPosition { get; set; }

    public override Size WindowSize { get; set; } = new(120, 50);

    public override string WindowTitle { get; set; } = "BridgeNet";

    public override void FlushInputBuffer()
    {
    }

    public override BufferCell[,] GetBufferContents(Rectangle rectangle) => throw new PSNotSupportedException();

    public override KeyInfo ReadKey(ReadKeyOptions options) => throw new PSNotSupportedException();

    public override void ScrollBufferContents(Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill) => throw new PSNotSupportedException();

    public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) => throw new PSNotSupportedException();

    public override void SetBufferContents(Rectangle rectangle, BufferCell fill) => throw new PSNotSupportedException();
}
