//! The published definitions of the messages we exchange, as far as we write or use them: every element in its place, of
//! the parts in between only the place. From the ISO 20022 catalogue's camt.056.001.08, pacs.028.001.03,
//! camt.029.001.09 and pacs.004.001.09.

#[cfg(test)]
use super::structure::one_or_more;
use super::structure::{Shape, any_number, maybe, one};

const ID: Shape = Shape::Text(35);
const ANYTHING: Shape = Shape::Anything;
const MOMENT: Shape = Shape::Moment;
const DATE: Shape = Shape::Date;
const MONEY: Shape = Shape::Money;
const NUMBER: Shape = Shape::Number;
const NAME: Shape = Shape::Text(140);

const OTHER_ID: Shape = Shape::Sequence(&[one("Id", &ID), maybe("SchmeNm", &ANYTHING), maybe("Issr", &ID)]);
const INSTITUTION: Shape = Shape::Sequence(&[
    maybe("BICFI", &ANYTHING),
    maybe("ClrSysMmbId", &ANYTHING),
    maybe("LEI", &ANYTHING),
    maybe("Nm", &NAME),
    maybe("PstlAdr", &ANYTHING),
    maybe("Othr", &OTHER_ID),
]);
const AGENT: Shape = Shape::Sequence(&[one("FinInstnId", &INSTITUTION), maybe("BrnchId", &ANYTHING)]);
const PERSON: Shape = Shape::Sequence(&[
    maybe("Nm", &NAME),
    maybe("PstlAdr", &ANYTHING),
    maybe("Id", &Shape::Choice(&[maybe("OrgId", &ANYTHING), maybe("PrvtId", &ANYTHING)])),
    maybe("CtryOfRes", &ANYTHING),
    maybe("CtctDtls", &ANYTHING),
]);
const PARTY: Shape = Shape::Choice(&[one("Pty", &PERSON), one("Agt", &AGENT)]);
const CASE: Shape =
    Shape::Sequence(&[one("Id", &ID), one("Cretr", &PARTY), maybe("ReopCaseIndctn", &Shape::Truth)]);
const ASSIGNMENT: Shape =
    Shape::Sequence(&[one("Id", &ID), one("Assgnr", &PARTY), one("Assgne", &PARTY), one("CreDtTm", &MOMENT)]);
const REASON: Shape = Shape::Sequence(&[
    maybe("Orgtr", &PERSON),
    maybe("Rsn", &Shape::Choice(&[one("Cd", &Shape::ExternalCode), one("Prtry", &ID)])),
    any_number("AddtlInf", &Shape::Text(105)),
]);
const ORIGINAL_GROUP: Shape =
    Shape::Sequence(&[one("OrgnlMsgId", &ID), one("OrgnlMsgNmId", &ID), maybe("OrgnlCreDtTm", &MOMENT)]);
const ACCOUNT: Shape = Shape::Sequence(&[
    one(
        "Id",
        &Shape::Choice(&[
            one("IBAN", &ANYTHING),
            one(
                "Othr",
                &Shape::Sequence(&[
                    one("Id", &Shape::Text(34)),
                    maybe("SchmeNm", &Shape::Choice(&[one("Cd", &Shape::ExternalCode), one("Prtry", &ID)])),
                    maybe("Issr", &ID),
                ]),
            ),
        ]),
    ),
    maybe("Tp", &ANYTHING),
    maybe("Ccy", &ANYTHING),
    maybe("Nm", &Shape::Text(70)),
    maybe("Prxy", &ANYTHING),
]);
const TRANSFER: Shape = Shape::Sequence(&[
    maybe("IntrBkSttlmAmt", &MONEY),
    maybe("Amt", &ANYTHING),
    maybe("IntrBkSttlmDt", &DATE),
    maybe("ReqdColltnDt", &DATE),
    maybe("ReqdExctnDt", &Shape::Choice(&[one("Dt", &DATE), one("DtTm", &MOMENT)])),
    maybe("CdtrSchmeId", &ANYTHING),
    maybe("SttlmInf", &ANYTHING),
    maybe("PmtTpInf", &ANYTHING),
    maybe("PmtMtd", &ANYTHING),
    maybe("MndtRltdInf", &ANYTHING),
    maybe("RmtInf", &ANYTHING),
    maybe("UltmtDbtr", &PARTY),
    maybe("Dbtr", &PARTY),
    maybe("DbtrAcct", &ACCOUNT),
    maybe("DbtrAgt", &AGENT),
    maybe("DbtrAgtAcct", &ACCOUNT),
    maybe("CdtrAgt", &AGENT),
    maybe("CdtrAgtAcct", &ACCOUNT),
    maybe("Cdtr", &PARTY),
    maybe("CdtrAcct", &ACCOUNT),
    maybe("UltmtCdtr", &PARTY),
    maybe("Purp", &ANYTHING),
]);

/// `FIToFIPaymentCancellationRequestV08`: what we write, the tests hold against it.
#[cfg(test)]
pub(super) const CANCELLATION_REQUEST: Shape = Shape::Sequence(&[
    one("Assgnmt", &ASSIGNMENT),
    maybe("Case", &CASE),
    maybe("CtrlData", &Shape::Sequence(&[one("NbOfTxs", &NUMBER), maybe("CtrlSum", &ANYTHING)])),
    one_or_more(
        "Undrlyg",
        &Shape::Sequence(&[
            maybe("OrgnlGrpInfAndCxl", &ANYTHING),
            any_number(
                "TxInf",
                &Shape::Sequence(&[
                    maybe("CxlId", &ID),
                    maybe("Case", &CASE),
                    maybe("OrgnlGrpInf", &ORIGINAL_GROUP),
                    maybe("OrgnlInstrId", &ID),
                    maybe("OrgnlEndToEndId", &ID),
                    maybe("OrgnlTxId", &ID),
                    maybe("OrgnlUETR", &ANYTHING),
                    maybe("OrgnlClrSysRef", &ID),
                    maybe("OrgnlIntrBkSttlmAmt", &MONEY),
                    maybe("OrgnlIntrBkSttlmDt", &DATE),
                    maybe("Assgnr", &AGENT),
                    maybe("Assgne", &AGENT),
                    any_number("CxlRsnInf", &REASON),
                    maybe("OrgnlTxRef", &TRANSFER),
                    any_number("SplmtryData", &ANYTHING),
                ]),
            ),
        ]),
    ),
    any_number("SplmtryData", &ANYTHING),
]);

/// `FIToFIPaymentStatusRequestV03`: what we write, the tests hold against it.
#[cfg(test)]
pub(super) const STATUS_REQUEST: Shape = Shape::Sequence(&[
    one(
        "GrpHdr",
        &Shape::Sequence(&[
            one("MsgId", &ID),
            one("CreDtTm", &MOMENT),
            maybe("InstgAgt", &AGENT),
            maybe("InstdAgt", &AGENT),
        ]),
    ),
    any_number(
        "OrgnlGrpInf",
        &Shape::Sequence(&[
            one("OrgnlMsgId", &ID),
            one("OrgnlMsgNmId", &ID),
            maybe("OrgnlCreDtTm", &MOMENT),
            maybe("OrgnlNbOfTxs", &NUMBER),
            maybe("OrgnlCtrlSum", &ANYTHING),
        ]),
    ),
    any_number("TxInf", &ANYTHING),
    any_number("SplmtryData", &ANYTHING),
]);

const RESOLUTION: Shape = Shape::Sequence(&[
    maybe("EndToEndId", &ID),
    maybe("TxId", &ID),
    maybe("UETR", &ANYTHING),
    maybe("IntrBkSttlmAmt", &MONEY),
    maybe("IntrBkSttlmDt", &DATE),
    maybe("ClrChanl", &ANYTHING),
    maybe("Compstn", &ANYTHING),
    any_number("Chrgs", &ANYTHING),
]);

/// `ResolutionOfInvestigationV09`
pub(super) const RESOLUTION_OF_INVESTIGATION: Shape = Shape::Sequence(&[
    one("Assgnmt", &ASSIGNMENT),
    maybe("RslvdCase", &CASE),
    one(
        "Sts",
        &Shape::Choice(&[
            one("Conf", &Shape::ExternalCode),
            any_number("RjctdMod", &ANYTHING),
            one("DplctOf", &CASE),
            one("AssgnmtCxlConf", &Shape::Truth),
        ]),
    ),
    any_number(
        "CxlDtls",
        &Shape::Sequence(&[
            maybe("OrgnlGrpInfAndSts", &ANYTHING),
            any_number("OrgnlPmtInfAndSts", &ANYTHING),
            any_number(
                "TxInfAndSts",
                &Shape::Sequence(&[
                    maybe("CxlStsId", &ID),
                    maybe("RslvdCase", &CASE),
                    maybe("OrgnlGrpInf", &ORIGINAL_GROUP),
                    maybe("OrgnlInstrId", &ID),
                    maybe("OrgnlEndToEndId", &ID),
                    maybe("OrgnlTxId", &ID),
                    maybe("OrgnlClrSysRef", &ID),
                    maybe("OrgnlUETR", &ANYTHING),
                    maybe("TxCxlSts", &Shape::Code(&["ACCR", "PDCR", "RJCR"])),
                    any_number("CxlStsRsnInf", &REASON),
                    maybe("RsltnRltdInf", &RESOLUTION),
                    maybe("OrgnlIntrBkSttlmAmt", &MONEY),
                    maybe("OrgnlIntrBkSttlmDt", &DATE),
                    maybe("Assgnr", &PARTY),
                    maybe("Assgne", &PARTY),
                    maybe("OrgnlTxRef", &TRANSFER),
                ]),
            ),
        ]),
    ),
    maybe("ModDtls", &ANYTHING),
    maybe("ClmNonRctDtls", &ANYTHING),
    maybe("StmtDtls", &ANYTHING),
    maybe("CrrctnTx", &ANYTHING),
    maybe("RsltnRltdInf", &RESOLUTION),
    any_number("SplmtryData", &ANYTHING),
]);

/// `PaymentReturnV09`
pub(super) const PAYMENT_RETURN: Shape = Shape::Sequence(&[
    one(
        "GrpHdr",
        &Shape::Sequence(&[
            one("MsgId", &ID),
            one("CreDtTm", &MOMENT),
            any_number("Authstn", &ANYTHING),
            maybe("BtchBookg", &Shape::Truth),
            one("NbOfTxs", &NUMBER),
            maybe("CtrlSum", &ANYTHING),
            maybe("GrpRtr", &Shape::Truth),
            maybe("TtlRtrdIntrBkSttlmAmt", &MONEY),
            maybe("IntrBkSttlmDt", &DATE),
            one("SttlmInf", &ANYTHING),
            maybe("InstgAgt", &AGENT),
            maybe("InstdAgt", &AGENT),
        ]),
    ),
    maybe(
        "OrgnlGrpInf",
        &Shape::Sequence(&[
            one("OrgnlMsgId", &ID),
            one("OrgnlMsgNmId", &ID),
            maybe("OrgnlCreDtTm", &MOMENT),
            any_number("RtrRsnInf", &REASON),
        ]),
    ),
    any_number(
        "TxInf",
        &Shape::Sequence(&[
            maybe("RtrId", &ID),
            maybe("OrgnlGrpInf", &ORIGINAL_GROUP),
            maybe("OrgnlInstrId", &ID),
            maybe("OrgnlEndToEndId", &ID),
            maybe("OrgnlTxId", &ID),
            maybe("OrgnlUETR", &ANYTHING),
            maybe("OrgnlClrSysRef", &ID),
            maybe("OrgnlIntrBkSttlmAmt", &MONEY),
            maybe("OrgnlIntrBkSttlmDt", &DATE),
            one("RtrdIntrBkSttlmAmt", &MONEY),
            maybe("IntrBkSttlmDt", &DATE),
            maybe("SttlmPrty", &ANYTHING),
            maybe("SttlmTmIndctn", &ANYTHING),
            maybe("RtrdInstdAmt", &MONEY),
            maybe("XchgRate", &ANYTHING),
            maybe("CompstnAmt", &MONEY),
            maybe("ChrgBr", &ANYTHING),
            any_number("ChrgsInf", &ANYTHING),
            maybe("ClrSysRef", &ID),
            maybe("InstgAgt", &AGENT),
            maybe("InstdAgt", &AGENT),
            maybe("RtrChain", &ANYTHING),
            any_number("RtrRsnInf", &REASON),
            maybe("OrgnlTxRef", &TRANSFER),
            any_number("SplmtryData", &ANYTHING),
        ]),
    ),
    any_number("SplmtryData", &ANYTHING),
]);
