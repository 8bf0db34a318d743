import java.io.File;
import java.util.List;
import org.semanticweb.HermiT.ReasonerFactory;
import org.semanticweb.owlapi.apibinding.OWLManager;
import org.semanticweb.owlapi.model.IRI;
import org.semanticweb.owlapi.model.OWLOntology;
import org.semanticweb.owlapi.model.OWLOntologyManager;
import org.semanticweb.owlapi.profiles.OWL2DLProfile;
import org.semanticweb.owlapi.profiles.OWL2RLProfile;
import org.semanticweb.owlapi.profiles.OWLProfile;
import org.semanticweb.owlapi.profiles.OWLProfileReport;
import org.semanticweb.owlapi.profiles.OWLProfileViolation;
import org.semanticweb.owlapi.reasoner.OWLReasoner;

/**
 * Say whether an ontology is in OWL 2 DL and RL ("profile FILE"), or consistent ("consistent FILE"), or how many
 * individuals it gives a class ("count FILE CLASS").
 */
public final class OwlCheck {
  public static void main(String[] words) throws Exception {
    OWLOntologyManager manager = OWLManager.createOWLOntologyManager();
    OWLOntology ontology = manager.loadOntologyFromOntologyDocument(new File(words[1]));
    boolean good = true;
    if (words[0].equals("profile")) {
      for (OWLProfile profile : List.of(new OWL2DLProfile(), new OWL2RLProfile())) {
        OWLProfileReport report = profile.checkOntology(ontology);
        System.out.println(words[1] + " " + profile.getName() + ": " + (report.isInProfile() ? "in" : "out"));
        for (OWLProfileViolation violation : report.getViolations()) System.out.println("  " + violation);
        good &= report.isInProfile();
      }
    } else if (words[0].equals("count")) {
      IRI name = IRI.create(words[2]);
      System.out.println(ontology.classAssertionAxioms(manager.getOWLDataFactory().getOWLClass(name)).count());
    } else {
      OWLReasoner reasoner = new ReasonerFactory().createReasoner(ontology);
      boolean consistent = reasoner.isConsistent();
      int empty = consistent ? reasoner.getUnsatisfiableClasses().getEntitiesMinusBottom().size() : -1;
      System.out.println(words[1] + " consistent: " + consistent + ", unsatisfiable classes: " + empty);
      good = consistent && empty == 0;
    }
    System.exit(good ? 0 : 1);
  }
}
