## Words of the command line: where it says something that the window says in another way, the message has
## the same name and stands here instead.

fault-no-vault = There is no vault here.
    .next = Make one with “holdfast vault create --role reporter”, or say where it is with --vault DIR.
fault-vault-exists = There is already a vault here.
    .next = Nothing was changed. Open it with its passphrase, or choose another place with --vault DIR.
fault-locked = The vault is not open.
    .next = This command works on reports only.
fault-vault-in-use = The vault is open in a window or in another command.
    .next = Close that one, then run the command again.
fault-wiped = The vault was destroyed.
    .next = What had been sent comes back on a new vault with the 24 words and an invite: “holdfast recover --help”. A desk’s words bring nothing back.
fault-words-wrong = These are not 24 recovery words that belong together.
    .next = Count them: there must be 24. Then compare each with your paper: one may be wrong, or two have changed places. Nothing was changed.
fault-thinned = A part of this report is not on this device.
    .next = It was removed here. Fetch it back first, with “holdfast report fetch-back” and the 24 words.
fault-no-such-note = This note is not here.
    .next = “holdfast notebook list” has the numbers.
fault-no-such-report = This report is not here.
    .next = “holdfast report list” has the ids.
fault-no-such-evidence = This file is not here.
    .next = “holdfast evidence list REPORT” has the ids.
fault-nothing-written = There is nothing in it.
    .next = Give some words, such as --narrative TEXT, or a file with --evidence FILE. Nothing was kept.
fault-consent-missing = You have not said that the people in it agree.
    .next = Nothing was sent. Ask them, then say --consent.
fault-not-joined = You have not joined a coalition yet.
    .next = What you wrote stays on this device. Join one with “holdfast join FILE”; it needs the invite of a coalition.
fault-file-problem = A file could not be read or written.
    .next = Look at its name and its folder, and whether you may read and write there.
fault-endpoint-unreachable = The server cannot be reached.
    .next = There may be no network, or it may be blocked. Nothing is lost. Run the command again later, or carry a courier file.
fault-address-not-safe = This address is not safe.
    .next = It must begin with https://, so that nobody on the way can listen in. Only an endpoint on this machine may have http://127.0.0.1.
fault-bad-request = It cannot be done as it was asked.
    .next = Nothing was changed. Look at the command’s --help.
fault-internal = Something inside did not work.
    .next = What was saved is safe. Run the command again.

## More than the fault itself says

told-recover-unreachable = The server cannot be reached, so nothing could be fetched back.
    .next = Nothing is lost. When there is a network, run the same command again.
told-desk-keeps = A desk removes nothing.
    .next = Only what was delivered elsewhere can be removed, and a desk is where reports are delivered. Nothing was changed.
told-desk-alone = This desk is not at its endpoint yet.
    .next = Make its invite first: “holdfast invite --out FILE”. That needs the network once.
told-desk-sends-nothing = A desk sends no reports.
    .next = It answers those of others: “holdfast report answer REPORT TEXT”. Nothing was sent.
told-draft = This is a draft.
    .next = Finish it first: “holdfast report edit REPORT”. Nothing was sent.

## What to know when a vault is made or gone

made-words = A vault was made. These are its 24 recovery words.
    .next = They are shown this once. Write them on paper, in their order, and keep the paper away from this device. With them and an invite, “holdfast recover” brings back on another device everything that was sent. Whoever finds them can read it and speak as you.
made-words-desk = A desk was made. These are its 24 recovery words.
    .next = They are shown this once, and bring nothing back yet: what people send to a desk opens with this vault alone. Keep a copy of its folder at a safe place, and the passphrase. Keep the words secret all the same.
panic-after = What had been sent is with the coalition. With your 24 words and an invite you can start again: “holdfast recover --help”. A desk’s words bring nothing back.

## Prompts

prompt-passphrase = Passphrase:
prompt-new-vault = Passphrase of the new vault:
prompt-now = Passphrase that the vault has now:
prompt-new = New passphrase:
prompt-second = Second passphrase:
prompt-again = The same again:
